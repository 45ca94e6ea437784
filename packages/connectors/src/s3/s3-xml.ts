/** What S3 says in XML: errors, and lists. */
import { ActionError, type HttpResponse, textOf } from '@cloudflow/sdk/index.ts';
import { XMLParser } from 'fast-xml-parser';

/** One field of an error, from a text that may be cut off: S3 writes them flat, and without markup inside. */
export function fieldIn(text: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]{1,500})</${name}>`).exec(text)?.[1];
}

export type ListedObject = { key: string; size: number; etag: string; last_modified: string };
export type ListedPage = { objects: ListedObject[]; prefixes: string[]; next_token: string | null };

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  isArray: (name) => name === 'Contents' || name === 'CommonPrefixes',
});

/** Of a list that was asked for with `encoding-type=url`, so that a key may hold what XML cannot. */
export function listedPage(answer: HttpResponse): ListedPage {
  const text = textOf(answer);
  // No store has a reason to declare entities, and what they can be made to do none to be tried.
  if (/<!DOCTYPE/i.test(text)) throw invalid();
  const { ListBucketResult: list } = parser.parse(text) as { ListBucketResult?: Fields };
  if (list === undefined || typeof list !== 'object') throw invalid();
  return {
    objects: rowsOf(list['Contents']).map((row) => ({
      key: decoded(row['Key']),
      size: Number(row['Size'] ?? 0),
      etag: String(row['ETag'] ?? '').replaceAll('"', ''),
      last_modified: String(row['LastModified'] ?? ''),
    })),
    prefixes: rowsOf(list['CommonPrefixes']).map((row) => decoded(row['Prefix'])),
    next_token: list['IsTruncated'] === 'true' ? String(list['NextContinuationToken'] ?? '') || null : null,
  };
}

type Fields = { readonly [name: string]: unknown };

function rowsOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? (value as readonly Fields[]) : [];
}

/** Some stores write a space as `+`; a `+` itself is always `%2B`. */
function decoded(text: unknown): string {
  const encoded = String(text ?? '').replaceAll('+', '%20');
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

function invalid(): ActionError {
  return new ActionError('The answer is no list of S3', { code: 'response_invalid' });
}
