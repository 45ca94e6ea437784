/**
 * A file of the archive: lines of JSON, compressed with gzip. The first says what it is, the last how much is in it; the rest are
 * executions, each followed by its journal, in order. docs/reference/archive.md describes it for those who read one.
 */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

const compress = promisify(gzip);
const expand = promisify(gunzip);

/** A file is closed when it has so many characters before compression, so that writing and verifying it takes bounded memory. */
const fullCharacters = 8 * 1024 * 1024;
const format = 1;

export type FileHead = { readonly month: string; readonly tenantId: string; readonly number: number };
export type FileCounts = { readonly executions: number; readonly journal_rows: number; readonly large_values: number };
export type LineKind = 'execution' | 'journal' | 'value';
export type Line = { readonly kind: LineKind; readonly text: string };

const countOf: Readonly<Record<LineKind, keyof FileCounts>> = {
  execution: 'executions',
  journal: 'journal_rows',
  value: 'large_values',
};

export class DamagedArchiveError extends Error {
  override readonly name = 'DamagedArchiveError';
}

/** `row`: its columns as JSON text. */
export const executionLine = (row: string): Line => ({ kind: 'execution', text: `{"kind":"execution","row":${row}}` });

/** `events`: as the row holds them, in JSON text. */
export function journalLine(executionId: string, row: { readonly seq: number; at: Date; data: string }): Line {
  const head = JSON.stringify({ kind: 'journal', execution_id: executionId, seq: row.seq, at: row.at });
  return { kind: 'journal', text: `${head.slice(0, -1)},"events":${row.data}}` };
}

/** In base64, so that its bytes, and with them its digest, stay what they are. */
export function valueLine(executionId: string, digest: string, content: Buffer): Line {
  const base64 = content.toString('base64');
  return { kind: 'value', text: JSON.stringify({ kind: 'value', execution_id: executionId, digest, base64 }) };
}

export type FileWriter = {
  readonly tenantId: string;
  readonly isFull: boolean;
  readonly counts: FileCounts;
  add(lines: readonly Line[]): void;
  /** The bytes of the whole file: the same lines always make the same bytes. */
  finish(): Promise<Buffer>;
};

export function createFileWriter({ month, tenantId, number }: FileHead): FileWriter {
  const lines = [JSON.stringify({ kind: 'archive', format, month, tenant_id: tenantId, number })];
  const counts = { executions: 0, journal_rows: 0, large_values: 0 };
  let characters = 0;
  return {
    tenantId,
    counts,
    get isFull() {
      return characters >= fullCharacters;
    },
    add(more) {
      for (const { kind, text } of more) {
        lines.push(text);
        characters += text.length;
        counts[countOf[kind]] += 1;
      }
    },
    finish: () => compress(`${[...lines, JSON.stringify({ kind: 'end', ...counts })].join('\n')}\n`),
  };
}

/** Reads it as a reader would. Throws when a line is none, or the numbers are not those that it names at its end. */
export async function countFile(content: Buffer): Promise<FileCounts> {
  const lines = (await expand(content)).toString().trimEnd().split('\n');
  const counts = { executions: 0, journal_rows: 0, large_values: 0 };
  for (const line of lines.slice(1, -1)) counts[countOf[(JSON.parse(line) as { kind: LineKind }).kind]] += 1;
  const { kind, ...told } = JSON.parse(lines.at(-1) ?? '') as FileCounts & { readonly kind: string };
  if (kind !== 'end' || JSON.stringify(told) !== JSON.stringify(counts))
    throw new DamagedArchiveError(`it holds ${JSON.stringify(counts)} and says ${JSON.stringify(told)}`);
  return counts;
}
