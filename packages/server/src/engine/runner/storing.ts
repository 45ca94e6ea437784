/**
 * Entries whose large values are on their way to the blob store. They go to the lane when those are there: a row must not
 * refer to what is not. Meanwhile the execution counts as in flight, so that nothing else of it is written before.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Blob, BlobStore } from '../../kernel/blob/blob-store.ts';
import type { Outage } from '../../kernel/log/outage.ts';
import type { JournalEntry } from '../journal/entry.ts';
import { placeOf } from '../journal/large-values.ts';

export type StoringDeps = {
  readonly blobs: Pick<BlobStore, 'put'>;
  readonly outage: Outage;
  /** Something is ready. */
  readonly wakeLane: () => void;
};

/** `owner`: the child whose row refers to it; absent: the execution of the entry. */
export type Aside = Blob & { readonly owner?: string };

export type StoringJob = {
  readonly entry: JournalEntry;
  readonly tenantId: string;
  readonly values: readonly Aside[];
  /** Nobody needs it any more. */
  readonly isVoid: () => boolean;
};

export type Storing = {
  add(job: StoringJob): void;
  /** At most `limit` entries whose values are stored, or that are void. */
  takeReady(limit: number): JournalEntry[];
  /** Resolves when nothing is on its way, or the time is over. */
  rest(milliseconds: number): Promise<void>;
};

/** Together they may be large: so many are written at once, the others wait. */
const AT_ONCE = 4;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export function createStoring({ blobs, outage, wakeLane }: StoringDeps): Storing {
  const waiting: StoringJob[] = [];
  const ready: JournalEntry[] = [];
  const running = new Set<Promise<void>>();

  function begin(): void {
    while (running.size < AT_ONCE) {
      const job = waiting.shift();
      if (job === undefined) return;
      const done = store(job).then(() => {
        running.delete(done);
        ready.push(job.entry);
        begin();
        wakeLane();
      });
      running.add(done);
    }
  }

  /** Until it succeeds: what was decided is not undone because a disk is full. */
  async function store({ entry, tenantId, values, isVoid }: StoringJob): Promise<void> {
    for (let wait = FIRST_PAUSE_MS; !isVoid(); wait = Math.min(LONGEST_PAUSE_MS, wait * 2)) {
      try {
        for (const { owner = entry.executionId, ...blob } of values)
          await blobs.put(placeOf({ tenantId, id: owner }), blob);
        return outage.over();
      } catch (error) {
        outage.failed({ error, execution_id: entry.executionId });
        await pause(wait, undefined, { ref: false });
      }
    }
  }

  return {
    add(job) {
      waiting.push(job);
      begin();
    },
    takeReady: (limit) => ready.splice(0, limit),
    async rest(milliseconds) {
      const late = pause(milliseconds, 'late', { ref: false });
      while (running.size > 0 && (await Promise.race([late, ...running])) !== 'late');
    },
  };
}
