/**
 * Keeps the states of long executions, so that they need not be folded from their first event again. Never waited for, and
 * never written before the events that are in it: a snapshot is made when an entry is taken (then the state is what the
 * journal says up to its row) and written when that is committed. One that is lost costs time at the next load, no more.
 */
import type { Blob, BlobStore } from '../../kernel/blob/blob-store.ts';
import type { Clock } from '../../kernel/clock/clock.ts';
import type { Outage } from '../../kernel/log/outage.ts';
import { placeOf } from '../journal/large-values.ts';
import type { LiveExecution } from '../runner/live.ts';
import type { SnapshotRow } from '../store/snapshots.ts';
import { checksumOf, format, snapshotText } from './snapshot-text.ts';

export type SnapshotsDeps = {
  readonly clock: Clock;
  readonly blobs: Pick<BlobStore, 'put'>;
  readonly write: (rows: readonly SnapshotRow[]) => Promise<void>;
  readonly delete: (executionIds: readonly string[]) => Promise<void>;
  readonly outage: Outage;
  readonly onWritten: (drafts: readonly Draft[]) => void;
};

export type Snapshots = {
  /** An entry of it has been taken: its state is what its journal says when that is committed. */
  taken(live: LiveExecution): void;
  /** It leaves memory, and everything of it is committed. */
  evicted(live: LiveExecution): void;
  /** What was made when its last entry was taken is to be kept, or not. */
  settled(live: LiveExecution, committed: boolean): void;
  /** It has ended. */
  ended(live: LiveExecution): void;
  /** Resolves when nothing is on its way, or what is failed. */
  rest(): Promise<void>;
};

/** A snapshot that is to be written. */
export type Draft = { readonly row: SnapshotRow; readonly tenantId: string; readonly aside: readonly Blob[] };

/** What there is of an execution: when the last snapshot of it was made, and how much that was. */
export type Kept = {
  readonly at: number;
  readonly steps: number;
  readonly events: number;
  readonly characters: number;
  readonly tookMs: number;
};

const FROM_AGE_MS = 1_000;
const EVERY_STEPS = 10;
const EVERY_MS = 1_000;
/** A large state is kept less often: so many characters for each step that ended, at most. */
const CHARACTERS_A_STEP = 2_000;
/** And making snapshots takes at most this part of the time. */
const PART_OF_TIME = 50;
/** So many events are folded in a moment. */
const FEW_EVENTS = 200;
const MOST_CHARACTERS = 8_000_000;
const ROWS_AT_ONCE = 50;
/** Of all that wait together: beyond that the newest are left out. */
const MOST_WAITING_CHARACTERS = 64_000_000;
const MOST_REMEMBERED = 10_000;

export function createSnapshots(deps: SnapshotsDeps): Snapshots {
  const { clock } = deps;
  /** The latest of each; an older one that waits is of no use any more. */
  const waiting = new Map<string, Draft>();
  const over = new Set<string>();
  /** Large values that are known to be stored: most stay in the state for long. */
  const stored = new Set<string>();
  let size = 0;
  let writing: Promise<void> | null = null;

  function isDue({ sealer, end, refused, state, kept }: LiveExecution): boolean {
    if (sealer !== null) return false; // its values are kept nowhere but in the journal, encrypted
    const { startedAt, ended } = state;
    if (end !== null || refused || startedAt === null) return false;
    const now = clock.now();
    if (now - startedAt < FROM_AGE_MS) return false;
    if (kept === null) return ended.count >= EVERY_STEPS;
    if (ended.count - kept.steps < Math.max(EVERY_STEPS, kept.characters / CHARACTERS_A_STEP)) return false;
    return now - kept.at >= Math.max(EVERY_MS, kept.tookMs * PART_OF_TIME);
  }

  function make(live: LiveExecution): Draft | null {
    const { id, state, seq, events } = live;
    const aside: Blob[] = [];
    const since = performance.now();
    const data = snapshotText(state, aside, MOST_CHARACTERS);
    const tookMs = performance.now() - since;
    const characters = data?.length ?? MOST_CHARACTERS;
    live.kept = { at: clock.now(), steps: state.ended.count, events, characters, tookMs };
    if (data === null) return null;
    const snapshot = { seq, events, format, data };
    return {
      row: { executionId: id, ...snapshot, checksum: checksumOf(id, snapshot) },
      tenantId: live.tenantId,
      aside,
    };
  }

  function keep(draft: Draft): void {
    const { executionId } = draft.row;
    takeOut(executionId);
    if (size + draft.row.data.length > MOST_WAITING_CHARACTERS) return;
    waiting.set(executionId, draft);
    size += draft.row.data.length;
    begin();
  }

  function takeOut(executionId: string): void {
    size -= waiting.get(executionId)?.row.data.length ?? 0;
    waiting.delete(executionId);
  }

  function begin(): void {
    writing ??= work().finally(() => {
      writing = null;
    });
  }

  /** Nothing is tried again: the next snapshot is as good. */
  async function work(): Promise<void> {
    while (waiting.size > 0 || over.size > 0) {
      const drafts = [...waiting.values()].slice(0, ROWS_AT_ONCE);
      for (const { row } of drafts) takeOut(row.executionId);
      const ended = [...over];
      over.clear();
      try {
        if (drafts.length > 0) await write(drafts);
        if (ended.length > 0) await deps.delete(ended);
        deps.outage.over();
      } catch (error) {
        deps.outage.failed({ error });
      }
    }
  }

  async function write(drafts: readonly Draft[]): Promise<void> {
    for (const { row, tenantId, aside } of drafts)
      for (const value of aside) {
        const name = `${row.executionId}/${value.digest}`;
        if (stored.has(name)) continue;
        await deps.blobs.put(placeOf({ tenantId, id: row.executionId }), value);
        if (stored.size >= MOST_REMEMBERED) stored.clear();
        stored.add(name);
      }
    await deps.write(drafts.map(({ row }) => row));
    deps.onWritten(drafts);
  }

  return {
    taken(live) {
      if (isDue(live)) live.draft = make(live);
    },
    evicted(live) {
      if (live.sealer !== null || live.events - (live.kept?.events ?? 0) < FEW_EVENTS) return;
      const draft = make(live);
      if (draft !== null) keep(draft);
    },
    settled(live, committed) {
      const { draft } = live;
      if (draft === null) return;
      live.draft = null;
      if (committed) keep(draft);
    },
    ended({ id, kept }) {
      if (kept === null) return;
      takeOut(id);
      over.add(id);
      begin();
    },
    rest: () => writing ?? Promise.resolve(),
  };
}
