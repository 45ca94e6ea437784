/**
 * Takes the older rows of long journals out of the table: they become segments in the blob store, and one row stands in their place,
 * with what they amount to. So nothing limits how many events an execution has, and the table holds few of them.
 *
 * It follows the snapshots: what one of them was made of is committed, and goes up to a row at which the state is known. Nobody waits for
 * it, one journal is done at a time, and whatever fails is left for the next snapshot. The segments are stored, read back and
 * compared before any row goes; the rows go, and the one in their place comes, in one transaction that is fenced as a flush
 * is. A crash before it leaves a blob to which nothing refers, and which goes with the execution.
 */
import type { BlobStore } from '../../kernel/blob/blob-store.ts';
import type { Outage } from '../../kernel/log/outage.ts';
import { shardOf } from '../execution-id.ts';
import { LARGE_CHARACTERS, placeOf } from '../journal/large-values.ts';
import type { Draft } from '../snapshots/snapshots.ts';
import type { Replacement } from '../store/compact-journal.ts';
import { type CompactedRow, compactedIn, compactedText, rowsOf, type SegmentRow, segmentOf } from './segment.ts';

export type CompactionDeps = {
  /** A journal is compacted when it has so many events that are not in a segment. */
  readonly events: number;
  readonly now: () => number;
  /** The epoch under which a shard is ours; undefined when it is not. */
  readonly epochOf: (shard: number) => bigint | undefined;
  readonly blobs: Pick<BlobStore, 'put' | 'get'>;
  readonly firstRow: (executionId: string) => Promise<{ readonly seq: number; readonly data: string } | undefined>;
  /** Some rows after `after`, in order. */
  readonly rows: (executionId: string, after: number, upTo: number) => Promise<readonly SegmentRow[]>;
  /** False when the shard is not ours any more. */
  readonly replace: (replacement: Omit<Replacement, 'owner' | 'segmentsHere'>) => Promise<boolean>;
  readonly outage: Outage;
  readonly onCompacted: () => void;
};

export type Compaction = {
  /** A snapshot of it was written. */
  offer(kept: Draft): void;
  /** Takes no more, and resolves when nothing is on its way. */
  close(): Promise<void>;
};

type Offer = {
  readonly id: string;
  readonly tenantId: string;
  readonly seq: number;
  readonly events: number;
  readonly format: string;
  /** JSON text; null: it is too large for the row, which is written again with each segment. */
  readonly records: string | null;
};
type Piece = {
  readonly seg: CompactedRow['seg'][number];
  readonly rows: number;
  readonly events: number;
  readonly at: string;
};

const SEGMENT_CHARACTERS = 8_000_000;
/** Removed by one transaction: the fence keeps the lease of the shard from being renewed meanwhile. */
const ROWS_AT_ONCE = 20_000;
const MOST_WAITING = 100;
const MOST_REMEMBERED = 10_000;

export function createCompaction(deps: CompactionDeps): Compaction {
  const waiting = new Map<string, Offer>();
  /** How many events of a journal are in segments. */
  const known = new Map<string, number>();
  let closed = false;
  let working: Promise<void> | null = null;

  async function work(): Promise<void> {
    for (const [id, offer] of waiting) {
      waiting.delete(id);
      try {
        while (!closed && (await compact(offer)));
        deps.outage.over();
      } catch (error) {
        known.delete(id); // a commit may have been lost
        deps.outage.failed({ error });
      }
    }
    working = null; // here and not in a turn of its own, in which an offer would find nobody
  }

  /** True when more of it is to be done. */
  async function compact(offer: Offer): Promise<boolean> {
    const { id } = offer;
    const shard = shardOf(id);
    const epoch = deps.epochOf(shard);
    const first = await deps.firstRow(id);
    if (epoch === undefined || first === undefined) return false;
    const before = compactedIn(first.data);
    remember(id, before?.n ?? 0);
    if (!isDue(offer)) return false;
    const pieces: Piece[] = [];
    let rows = 0;
    let upTo = before?.u ?? 0;
    while (upTo < offer.seq && rows < ROWS_AT_ONCE) {
      const piece = await store(offer, upTo);
      pieces.push(piece);
      [upTo] = piece.seg;
      rows += piece.rows;
    }
    const last = pieces.at(-1);
    if (last === undefined) return false;
    const isWhole = upTo === offer.seq;
    const n = pieces.reduce((sum, { events }) => sum + events, before?.n ?? 0);
    if (isWhole && n !== offer.events) throw new Error(`the journal of ${id} has ${n} events, and not ${offer.events}`);
    const seg = [...(before?.seg ?? []), ...pieces.map((piece) => piece.seg)];
    const row: CompactedRow = { e: 'compacted', at: deps.now(), u: upTo, n, f: offer.format, seg };
    const data = compactedText(row, isWhole ? offer.records : null);
    const count = rows + (before === null ? 0 : 1);
    const segments = seg.map(([, digest]) => digest);
    const replacement = { executionId: id, shard, epoch, upTo, count, at: last.at, data, segments };
    if (!(await deps.replace(replacement))) return false;
    remember(id, n);
    deps.onCompacted();
    return !isWhole;
  }

  /** The next segment: it counts when what was stored is read back as what was to be stored. */
  async function store({ id, tenantId, seq }: Offer, after: number): Promise<Piece> {
    const rows: SegmentRow[] = [];
    let [characters, events, upTo] = [0, 0, after];
    while (upTo < seq && characters < SEGMENT_CHARACTERS && rows.length < ROWS_AT_ONCE) {
      const page = await deps.rows(id, upTo, seq);
      for (const row of page) {
        if (row.seq !== upTo + 1) break;
        rows.push(row);
        characters += row.data.length;
        events += (JSON.parse(row.data) as unknown[]).length;
        upTo = row.seq;
      }
      if (page.at(-1)?.seq !== upTo) throw new Error(`row ${upTo + 1} of the journal of ${id} is not there`);
    }
    const blob = await segmentOf(rows);
    const place = placeOf({ tenantId, id });
    await deps.blobs.put(place, blob);
    const found = await rowsOf(await deps.blobs.get(place, blob.digest));
    const isSame = found.length === rows.length && found.every((row, n) => isEqual(row, rows[n]));
    if (!isSame) throw new Error(`a segment of the journal of ${id} is not read back as it was written`);
    return { seg: [upTo, blob.digest], rows: rows.length, events, at: rows.at(-1)?.at ?? '0' };
  }

  function remember(id: string, events: number): void {
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(id, events);
  }

  const isDue = ({ id, events }: Pick<Offer, 'id' | 'events'>) => events - (known.get(id) ?? 0) >= deps.events;

  return {
    offer({ row: { executionId: id, seq, events, format, data }, tenantId }) {
      if (closed || !isDue({ id, events })) return;
      if (waiting.size >= MOST_WAITING && !waiting.has(id)) return;
      const records = data.length <= LARGE_CHARACTERS ? data : null;
      waiting.set(id, { id, tenantId, seq, events, format, records });
      working ??= work();
    },
    close() {
      closed = true;
      waiting.clear();
      return working ?? Promise.resolve();
    },
  };
}

function isEqual(one: SegmentRow, other: SegmentRow | undefined): boolean {
  return one.seq === other?.seq && one.at === other.at && one.data === other.data;
}
