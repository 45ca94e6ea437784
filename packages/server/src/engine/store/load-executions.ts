/** All of some executions: their rows, and their journals in order, or a snapshot and what came after it; with their large values. */
import type { RunEvent } from '@cloudflow/core/run/event.ts';
import type { SnapshotRecord } from '@cloudflow/core/run/snapshot.ts';
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';
import { compactedIn } from '../compaction/segment.ts';
import type { Segments } from '../compaction/segments.ts';
import type { LargeValues } from '../journal/large-values.ts';
import { phaseName, statusName, waitReasonName } from '../row-codes.ts';
import type { Head } from '../runner/live.ts';
import { format, isIntact } from '../snapshots/snapshot-text.ts';
import { readSnapshots, type SnapshotRow } from './snapshots.ts';

export type StoredExecution = {
  readonly id: string;
  readonly shard: number;
  readonly tenantId: string;
  readonly workflowId: string;
  readonly versionId: string;
  readonly generation: number;
  readonly priority: number;
  /** JSON text, as `trigger` and `labels`. */
  readonly input: string;
  readonly trigger: string;
  readonly labels: string;
  readonly businessKey: string | null;
  readonly parentId: string | null;
  readonly rootId: string;
  readonly retryOf: string | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly finishedAt: number | null;
  readonly head: Head;
  /** What the journal amounts to up to row `seq`, of so many `events`; null: it is to be folded from its beginning. */
  readonly snapshot: {
    readonly seq: number;
    readonly events: number;
    readonly records: readonly SnapshotRecord[];
  } | null;
  /** The rows after that. */
  readonly journal: readonly { readonly seq: number; readonly events: readonly RunEvent[] }[];
  /** Tries that other processes run, or have reported through the inbox; null: none. */
  readonly elsewhere: readonly string[] | null;
};

type Row = Omit<StoredExecution, 'createdAt' | 'finishedAt' | 'head' | 'journal' | 'snapshot'> & {
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  readonly status: number;
  readonly waitReason: number | null;
  readonly phase: number | null;
  readonly keptSignals: number | null;
  readonly seq: number;
  readonly snapshotSeq: number | null;
};

/** A snapshot that is not what was written, or cannot be understood. The journal tells the same. */
export class UnusableSnapshotError extends Error {
  override readonly name = 'UnusableSnapshotError';
}

/** `journal`: without their snapshots, every event of it. */
export type LoadFrom = 'snapshot' | 'journal';

/** So many rows of journals are read with one statement; an execution with more is read alone. */
const rowsAtOnce = 1_000;
/** As such does a snapshot count: it may be large. */
const rowsOfSnapshot = 100;

/** What is stored of one execution, as it is stored. */
export type StoredRows = {
  readonly row: Row;
  readonly snapshot: SnapshotRow | null;
  /** Its snapshot was damaged, and is left out. */
  readonly wasDamaged: boolean;
  readonly journal: readonly JournalRow[];
};

/**
 * Those that there are, by id. The journals are read after the rows, in a later snapshot: a journal that is longer than the
 * row says is the newer truth, and the shard's fence keeps others from writing to it meanwhile.
 */
export async function readStored(
  database: Database,
  ids: readonly string[],
  loadFrom: LoadFrom,
): Promise<ReadonlyMap<string, StoredRows>> {
  const wanted = loadFrom === 'snapshot' ? format : null;
  const rows = await database.query<Row>(
    { role: 'engine' },
    sql`
    select e.id, e.shard, e.tenant_id as "tenantId", e.workflow_id as "workflowId", e.version_id as "versionId", e.generation, e.priority, e.input, e.trigger, e.labels,
           e.business_key as "businessKey", e.parent_id as "parentId", e.root_id as "rootId", e.retry_of as "retryOf",
           e.created_at as "createdAt", e.finished_at as "finishedAt", e.status, e.wait_reason as "waitReason", e.phase, e.seq,
           e.kept_signals as "keptSignals",
           (select s.seq from execution_snapshots s where s.execution_id = e.id and s.format = ${wanted}) as "snapshotSeq",
           (select array_agg(o.try) from attempt_owners o where o.execution_id = e.id) as elsewhere
      from unnest(${ids}::uuid[]) i (id), lateral (select * from workflow_executions w where w.id = i.id offset 0) e`,
  );
  const found = new Map<string, StoredRows>();
  for (const part of inParts(rows)) {
    const snapshots = await usableSnapshots(database, part);
    const journals = await readJournals(
      database,
      part.map(({ id }) => ({ id, after: snapshots.get(id)?.seq ?? 0 })),
    );
    for (const row of part) {
      const snapshot = snapshots.get(row.id);
      const journal = journals.get(row.id) ?? [];
      found.set(row.id, { row, snapshot: snapshot ?? null, wasDamaged: snapshot === null, journal });
    }
  }
  return found;
}

/** Null for one that is not what was written. One of another format, or deleted meanwhile, is as none. */
async function usableSnapshots(
  database: Database,
  part: readonly Row[],
): Promise<ReadonlyMap<string, SnapshotRow | null>> {
  const ids = part.flatMap(({ id, snapshotSeq }) => (snapshotSeq === null ? [] : id));
  const rows = ids.length === 0 ? [] : await readSnapshots(database, ids);
  const readable = rows.filter((row) => row.format === format);
  return new Map(readable.map((row) => [row.executionId, isIntact(row.executionId, row) ? row : null]));
}

type JournalRow = { readonly id: string; readonly seq: number; readonly data: string };

/** `lateral … offset 0` reads each journal by its key, in the one month it is in, whatever the planner thinks of the numbers. */
async function readJournals(
  database: Database,
  parts: readonly { readonly id: string; readonly after: number }[],
): Promise<ReadonlyMap<string, readonly JournalRow[]>> {
  const ids = parts.map(({ id }) => id);
  const after = parts.map((each) => each.after);
  const rows = await database.query<JournalRow>(
    { role: 'engine' },
    sql`
    select i.id, v.seq, v.data
      from unnest(${ids}::uuid[], ${after}::int[]) i (id, after),
           lateral (select seq, data from execution_events w
                     where w.execution_id = i.id and w.seq > i.after order by seq offset 0) v`,
  );
  return Map.groupBy(rows, ({ id }) => id);
}

/** Cut so that no answer grows without bound. */
function inParts(rows: readonly Row[]): readonly (readonly Row[])[] {
  const parts: Row[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    const rowsOf = row.snapshotSeq === null ? row.seq : row.seq - row.snapshotSeq + rowsOfSnapshot;
    if (size + rowsOf > rowsAtOnce) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(row);
    size += rowsOf;
  }
  return parts;
}

/** With its large values in place. One at a time, so that one that cannot be had keeps no other from being loaded. */
export async function storedExecution(
  { row, snapshot: kept, journal: rows }: StoredRows,
  {
    values,
    segments,
  }: { readonly values: Pick<LargeValues, 'column' | 'events' | 'records'>; readonly segments: Segments },
  loadFrom: LoadFrom,
): Promise<StoredExecution> {
  const { status, waitReason, phase, keptSignals, seq: _, snapshotSeq: __, ...rest } = row;
  const owner = { tenantId: row.tenantId, id: row.id };
  const journal = [];
  let snapshot: Snapshot | null = kept;
  for (const { seq, data } of rows) {
    const compacted = compactedIn(data);
    if (compacted === null) journal.push({ seq, events: await values.events(owner, data) });
    // The older rows went into a segment after the snapshot was read, or there is none.
    else if (loadFrom === 'snapshot' && compacted.f === format && compacted.s !== undefined)
      snapshot = { seq: compacted.u, events: compacted.n, data: compacted.s };
    else {
      snapshot = null;
      for await (const older of segments.rows(owner, compacted, 1))
        journal.push({ seq: older.seq, events: await values.events(owner, older.data) });
    }
  }
  return {
    ...rest,
    input: await values.column(owner, row.input),
    trigger: await values.column(owner, row.trigger),
    createdAt: row.createdAt.getTime(),
    finishedAt: row.finishedAt?.getTime() ?? null,
    head: {
      status: statusName(status),
      waitReason: waitReason === null ? null : waitReasonName(waitReason),
      phase: phase === null ? null : phaseName(phase),
      keptSignals: keptSignals ?? 0,
    },
    snapshot: snapshot && {
      seq: snapshot.seq,
      events: snapshot.events,
      records: await recordsOf(owner, snapshot, values),
    },
    journal,
  };
}

/** Of its own row, as text, or of a compacted journal. */
type Snapshot = Pick<SnapshotRow, 'seq' | 'events'> & { readonly data: string | readonly SnapshotRecord[] };

async function recordsOf(
  owner: { readonly tenantId: string; readonly id: string },
  { data }: Snapshot,
  values: Pick<LargeValues, 'records'>,
): Promise<readonly SnapshotRecord[]> {
  try {
    const stored = typeof data === 'string' ? (JSON.parse(data) as SnapshotRecord[]) : data;
    return await values.records<SnapshotRecord>(owner, stored);
  } catch (cause) {
    throw new UnusableSnapshotError('its values cannot be read', { cause });
  }
}
