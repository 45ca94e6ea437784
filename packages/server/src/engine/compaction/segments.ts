/** Reads the segments of compacted journals, one at a time. */
import type { BlobStore } from '../../kernel/blob/blob-store.ts';
import { placeOf } from '../journal/large-values.ts';
import { type CompactedRow, rowsOf, type SegmentRow } from './segment.ts';

/** Whoever pages through a journal reads the same segment again and again; each is about 8 MB at most. */
const MOST_REMEMBERED = 4;

type Owner = { readonly tenantId: string; readonly id: string };

export type Segments = ReturnType<typeof createSegments>;

export function createSegments(blobs: Pick<BlobStore, 'get'>) {
  const remembered = new Map<string, Promise<readonly SegmentRow[]>>();

  function read(owner: Owner, digest: string): Promise<readonly SegmentRow[]> {
    const name = `${owner.tenantId}/${owner.id}/${digest}`;
    const found = remembered.get(name) ?? blobs.get(placeOf(owner), digest).then(rowsOf);
    remembered.delete(name); // and to the end, as the last that was asked for
    remembered.set(name, found);
    found.catch(() => remembered.delete(name));
    for (const oldest of remembered.keys()) if (remembered.size > MOST_REMEMBERED) remembered.delete(oldest);
    return found;
  }

  return {
    /** Rows from `fromSeq` on, up to the end of the segment in which that is. */
    async some(owner: Owner, { seg }: CompactedRow, fromSeq: number): Promise<readonly SegmentRow[]> {
      const [, digest] = seg.find(([last]) => last >= fromSeq) ?? [];
      return digest === undefined ? [] : (await read(owner, digest)).filter(({ seq }) => seq >= fromSeq);
    },
    /** All rows from `fromSeq` on. */
    async *rows(owner: Owner, { seg }: CompactedRow, fromSeq: number): AsyncGenerator<SegmentRow> {
      for (const [last, digest] of seg)
        if (last >= fromSeq) for (const row of await read(owner, digest)) if (row.seq >= fromSeq) yield row;
    },
  };
}
