/**
 * The older rows of a long journal as a blob: lines of `seq at data`, compressed with gzip. `at` in microseconds since the epoch,
 * `data` as it was: the ids of events, and what they refer to, stay.
 */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Compacted } from '@cloudflow/core/run/event.ts';
import type { SnapshotRecord } from '@cloudflow/core/run/snapshot.ts';
import { type Blob, blobOf } from '../../kernel/blob/blob-store.ts';

const compress = promisify(gzip);
const expand = promisify(gunzip);

export type SegmentRow = { readonly seq: number; readonly at: string; readonly data: string };

/** What stands in the place of the rows; the records as they are stored, with their large values elsewhere. */
export type CompactedRow = Compacted<SnapshotRecord>;

const head = '[{"e":"compacted",';

/** Null for a row of events. Such a row is the first of its journal, and has nothing else in it. */
export function compactedIn(data: string): CompactedRow | null {
  return data.startsWith(head) ? (JSON.parse(data) as [CompactedRow])[0] : null;
}

/** `records`: the JSON text of `s`; null: without. */
export function compactedText({ at, u, n, f, seg }: CompactedRow, records: string | null): string {
  const rest = JSON.stringify({ at, u, n, f, seg }).slice(1, -1);
  return `${head}${rest}${records === null ? '' : `,"s":${records}`}}]`;
}

export async function segmentOf(rows: readonly SegmentRow[]): Promise<Blob> {
  return blobOf(await compress(rows.map(({ seq, at, data }) => `${seq} ${at} ${data}`).join('\n')));
}

export async function rowsOf(segment: Buffer): Promise<readonly SegmentRow[]> {
  const lines = (await expand(segment)).toString().split('\n');
  return lines.map((line) => {
    const at = line.indexOf(' ') + 1;
    const data = line.indexOf(' ', at) + 1;
    return { seq: Number(line.slice(0, at - 1)), at: line.slice(at, data - 1), data: line.slice(data) };
  });
}
