/** All of one execution: its row, and its journal in order, with its large values. */
import type { RunEvent } from '@cloudflow/core/run/event.ts';
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';
import type { LargeValues } from '../journal/large-values.ts';
import { phaseName, statusName, waitReasonName } from '../row-codes.ts';
import type { Head } from '../runner/live.ts';

export type StoredExecution = {
  readonly id: string;
  readonly shard: number;
  readonly tenantId: string;
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
  readonly journal: readonly { readonly seq: number; readonly events: readonly RunEvent[] }[];
  /** Tries that other processes run, or have reported through the inbox; null: none. */
  readonly elsewhere: readonly string[] | null;
};

type Row = Omit<StoredExecution, 'createdAt' | 'finishedAt' | 'head' | 'journal'> & {
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  readonly status: number;
  readonly waitReason: number | null;
  readonly phase: number | null;
  readonly keptSignals: number | null;
};

/**
 * Undefined when there is no such execution. The journal is read after the row, in a later snapshot: a journal that is
 * longer than the row says is the newer truth, and the shard's fence keeps others from writing to it meanwhile.
 */
export async function loadExecution(
  database: Database,
  values: LargeValues,
  id: string,
): Promise<StoredExecution | undefined> {
  const [row] = await database.query<Row>(
    { role: 'engine' },
    sql`
    select id, shard, tenant_id as "tenantId", version_id as "versionId", generation, priority, input, trigger,
           labels, business_key as "businessKey", parent_id as "parentId", root_id as "rootId",
           retry_of as "retryOf", created_at as "createdAt", finished_at as "finishedAt", status, wait_reason as "waitReason", phase,
           kept_signals as "keptSignals",
           (select array_agg(try) from attempt_owners where execution_id = ${id}) as elsewhere
      from workflow_executions where id = ${id}`,
  );
  if (row === undefined) return undefined;
  const rows = await database.query<{ seq: number; data: string }>(
    { role: 'engine' },
    sql`
    select seq, data from execution_events where execution_id = ${id} order by seq`,
  );
  const { status, waitReason, phase, keptSignals, ...rest } = row;
  const owner = { tenantId: row.tenantId, id };
  const journal = [];
  for (const { seq, data } of rows) journal.push({ seq, events: await values.events(owner, data) });
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
    journal,
  };
}
