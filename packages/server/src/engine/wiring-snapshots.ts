/** What keeps long executions quick to load, and their journals short, wired to the other parts. */
import { createOutage } from '../kernel/log/outage.ts';
import { type Compaction, createCompaction } from './compaction/compaction.ts';
import { createSnapshots, type Snapshots } from './snapshots/snapshots.ts';
import type { Parts } from './wiring.ts';

const COMPACT_EVENTS = 10_000;

export function wireSnapshots({ deps: { clock, blobs, log }, store, observer, compaction }: Parts): Snapshots {
  const outage = createOutage(log, {
    failed: 'snapshots could not be written; others are, and their executions are folded from their journals',
    over: 'snapshots are written again',
  });
  return createSnapshots({
    clock,
    blobs,
    outage,
    write: store.writeSnapshots,
    delete: store.deleteSnapshots,
    onWritten(drafts) {
      observer.snapshotsWritten(drafts.length);
      for (const draft of drafts) compaction.offer(draft);
    },
  });
}

export function wireCompaction(parts: Parts): Compaction {
  const { store, owner, observer } = parts;
  const { blobs, clock, log, compactEvents = COMPACT_EVENTS } = parts.deps;
  const outage = createOutage(log, {
    failed: 'a long journal could not be compacted; it stays as it is, and is tried with its next snapshot',
    over: 'long journals are compacted again',
  });
  return createCompaction({
    events: compactEvents,
    now: () => clock.now(),
    epochOf: (shard) => parts.ownership.epochOf(shard),
    blobs,
    firstRow: store.firstRow,
    rows: store.rowsAfter,
    replace: (replacement) => store.replaceRows({ ...replacement, owner, segmentsHere: blobs.home === 'postgres' }),
    outage,
    onCompacted: observer.journalCompacted,
  });
}
