/** The engine's reads and commands, bound to a database. */

import type { BlobStore } from '../../kernel/blob/blob-store.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { SecretBox } from '../../kernel/secret/secret-box.ts';
import { createSegments, type Segments } from '../compaction/segments.ts';
import { createLargeValues, type LargeValues } from '../journal/large-values.ts';
import type { HeapTimer } from '../runner/timer-heap.ts';
import {
  giveTriesBack,
  lostTries,
  ownedTries,
  type Process,
  recordOwners,
  reportOutcome,
  stopElsewhere,
  type TryRef,
} from './attempt-owners.ts';
import { batchedReader } from './batched-reader.ts';
import { firstRow, type Replacement, replaceRows, rowsAfter } from './compact-journal.ts';
import { absolve, countLoads, suspectsOf } from './crash-suspects.ts';
import { dueTimers } from './due-timers.ts';
import { gateEntries, standingGates } from './gate-entries.ts';
import { inboxOf } from './inbox-of.ts';
import { type Command, insertCommand } from './insert-command.ts';
import { insertIntervention, type StoredIntervention } from './insert-intervention.ts';
import { insertSignal, type StoredSignal } from './insert-signal.ts';
import { insertStarts, type NewStart } from './insert-starts.ts';
import { type LoadFrom, readStored, type StoredExecution, storedExecution } from './load-executions.ts';
import { deletePauses, insertPauses, listPauses, type Paused, pausesSince, unfinishedOf } from './pauses.ts';
import { type StartQueue, startsOf, tenantsWithStarts } from './pending-starts.ts';
import { deleteSnapshots, type SnapshotRow, writeSnapshots } from './snapshots.ts';
import { unfinished } from './unfinished.ts';
import { unwaiting, violations } from './violations.ts';
import { writtenUpTo } from './written-up-to.ts';

/** What is not in the rows. */
export type Aside = { readonly values: LargeValues; readonly segments: Segments };

export const asideIn = (blobs: Pick<BlobStore, 'get'>, secrets: Pick<SecretBox, 'open'>): Aside => ({
  values: createLargeValues(blobs, secrets),
  segments: createSegments(blobs),
});

export function createEngineStore(
  database: Database,
  aside: Aside,
  onDamagedSnapshot: (executionId: string) => void = () => undefined,
) {
  const readers = {
    snapshot: batchedReader((ids) => readStored(database, ids, 'snapshot')),
    journal: batchedReader((ids) => readStored(database, ids, 'journal')),
  };
  return {
    /** Undefined when there is none. Throws `UnusableSnapshotError`: then it is to be read from its journal. */
    async loadExecution(id: string, loadFrom: LoadFrom = 'snapshot'): Promise<StoredExecution | undefined> {
      const rows = await readers[loadFrom](id);
      if (rows?.wasDamaged) onDamagedSnapshot(id);
      return rows && storedExecution(rows, aside, loadFrom);
    },
    writeSnapshots: (rows: readonly SnapshotRow[]) => writeSnapshots(database, rows),
    deleteSnapshots: (executionIds: readonly string[]) => deleteSnapshots(database, executionIds),
    firstRow: (executionId: string) => firstRow(database, executionId),
    rowsAfter: (executionId: string, after: number, upTo: number) => rowsAfter(database, executionId, after, upTo),
    replaceRows: (replacement: Replacement) => replaceRows(database, replacement),
    unfinished: (shards: readonly number[], after: string | null, limit: number) =>
      unfinished(database, shards, after, limit),
    tenantsWithStarts: (after: string, limit: number) => tenantsWithStarts(database, after, limit),
    startsOf: (queues: readonly StartQueue[], of: Parameters<typeof startsOf>[2]) => startsOf(database, queues, of),
    gateEntries: (gateId: string) => gateEntries(database, gateId),
    standingGates: (shards: readonly number[]) => standingGates(database, shards),
    inboxOf: (shards: readonly number[], limit: number) => inboxOf(database, shards, limit),
    dueTimers: (shards: readonly number[], before: number, after: HeapTimer | null, limit: number) =>
      dueTimers(database, shards, before, after, limit),
    writtenUpTo: (executionIds: readonly string[]) => writtenUpTo(database, executionIds),
    recordOwners: (process: string, tries: readonly TryRef[]) => recordOwners(database, process, tries),
    reportOutcome: (process: string, ref: TryRef, payload: string) => reportOutcome(database, process, ref, payload),
    ownedTries: (process: string) => ownedTries(database, process),
    stopElsewhere: (tries: readonly TryRef[]) => stopElsewhere(database, tries),
    giveTriesBack: (process: string) => giveTriesBack(database, process),
    lostTries: (process: Process & { readonly isAlone: boolean }, awaited: readonly TryRef[]) =>
      lostTries(database, process, awaited),
    suspectsOf: (shards: readonly number[]) => suspectsOf(database, shards),
    countLoads: (process: string, executionIds: readonly string[]) => countLoads(database, process, executionIds),
    absolve: (process: string, executionIds: readonly string[]) => absolve(database, process, executionIds),
    violations: (process: string, lateMs: number) => violations(database, process, lateMs),
    unwaiting: (shards: readonly number[], after: string, limit: number) => unwaiting(database, shards, after, limit),
    insertPauses: (these: readonly Paused[], why: { by: string; reason: string | null }) =>
      insertPauses(database, these, why),
    deletePauses: (these: readonly Paused[]) => deletePauses(database, these),
    pausesSince: (known: bigint) => pausesSince(database, known),
    listPauses: (tenantId: string) => listPauses(database, tenantId),
    unfinishedOf: (shards: readonly number[], of: Paused, page: { after: string | null; limit: number }) =>
      unfinishedOf(database, shards, of, page),
    insertCommand: (command: Command) => insertCommand(database, command),
    insertStarts: (tenantId: string, starts: readonly NewStart[]) => insertStarts(database, tenantId, starts),
    insertIntervention: (intervention: StoredIntervention) => insertIntervention(database, intervention),
    insertSignal: (signal: StoredSignal) => insertSignal(database, signal),
  };
}
