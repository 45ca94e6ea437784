/**
 * A snapshot as it is stored: the records of the state (core/run/snapshot.ts) as a JSON array, each as an event stands in the
 * journal: its large values are in the blob store, and it refers to them.
 */
import { createHash, hash } from 'node:crypto';
import { snapshotFormat, snapshotOf } from '@cloudflow/core/run/snapshot.ts';
import type { RunState } from '@cloudflow/core/run/state.ts';
import type { Blob } from '../../kernel/blob/blob-store.ts';
import { recordText } from '../journal/large-values.ts';

/** What a release can read: the fields of the state as they are in it. */
export const format = hash('sha256', snapshotFormat, 'hex').slice(0, 16);

export type StoredSnapshot = {
  readonly seq: number;
  readonly events: number;
  readonly format: string;
  readonly checksum: Buffer;
  readonly data: string;
};

/** Null when it is longer than that; what is too large for a row is added to `aside`. */
export function snapshotText(state: RunState, aside: Blob[], mostCharacters: number): string | null {
  const parts: string[] = [];
  let size = 0;
  for (const record of snapshotOf(state)) {
    const part = recordText(record, aside);
    size += part.length + 1;
    if (size > mostCharacters) return null;
    parts.push(part);
  }
  return `[${parts.join(',')}]`;
}

/** Over everything that makes it usable, so that no other row's data passes for this one's. */
export function checksumOf(executionId: string, snapshot: Omit<StoredSnapshot, 'checksum'>): Buffer {
  const { seq, events, format: of, data } = snapshot;
  return createHash('sha256').update(`${executionId} ${seq} ${events} ${of}\n`).update(data).digest();
}

export function isIntact(executionId: string, snapshot: StoredSnapshot): boolean {
  return checksumOf(executionId, snapshot).equals(snapshot.checksum);
}
