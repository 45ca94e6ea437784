/** What is read of executions for those who look at them: always committed, always of one tenant. */
import type { Tx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';
import { compactedIn, type SegmentRow } from '../compaction/segment.ts';
import type { Segments } from '../compaction/segments.ts';
import type { ExecutionHead } from '../engine.ts';
import type { JournalRow } from '../event-view.ts';
import { phaseName, statusName, waitReasonName } from '../row-codes.ts';
import { type ExecutionFilter, whereMatches } from './execution-filter.ts';

/** An open transaction, or one statement on its own. */
export type Reader = Pick<Tx, 'rows'>;

/** A head together with the version that it is pinned to, and how often a person had tried before. */
export type StoredHead = ExecutionHead & {
  readonly workflowId: string;
  readonly versionId: string;
  readonly generation: number;
  readonly priority: number;
};

type HeadRow = {
  readonly id: string;
  readonly workflowId: string;
  readonly versionId: string;
  readonly priority: number;
  readonly slug: string;
  readonly version: string;
  readonly status: number;
  readonly phase: number | null;
  readonly waitReason: number | null;
  readonly input: string;
  readonly output: string | null;
  readonly error: string | null;
  readonly labels: string;
  readonly businessKey: string | null;
  readonly trigger: string;
  readonly parentId: string | null;
  readonly retryOf: string | null;
  readonly rootId: string;
  readonly generation: number;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly seq: number;
};

/** Slug and version stand with the version that is pinned; a deleted workflow keeps its rows. */
const versions = sql`
  join workflow_versions v on v.tenant_id = e.tenant_id and v.id = e.version_id
  join workflows w on w.tenant_id = e.tenant_id and w.id = e.workflow_id`;

const small = sql`
  e.id, e.workflow_id as "workflowId", e.version_id as "versionId", e.priority, w.slug, v.version, e.status, e.phase, e.wait_reason as "waitReason",
  e.error, e.labels, e.business_key as "businessKey", e.parent_id as "parentId",
  e.retry_of as "retryOf", e.root_id as "rootId", e.generation, e.created_at as "createdAt",
  e.started_at as "startedAt", e.finished_at as "finishedAt",
  coalesce((select max(j.seq) from execution_events j where j.execution_id = e.id), 0) as seq`;

export async function readHead(reader: Reader, tenantId: string, id: string): Promise<StoredHead | undefined> {
  const [row] = await reader.rows<HeadRow>(sql`
    select ${small}, e.input, e.output, e.trigger from workflow_executions e ${versions}
     where e.tenant_id = ${tenantId} and e.id = ${id}`);
  return row && headOf(row);
}

/**
 * Newest first, without input, output and trigger, which can be large. The page is found before it is joined: the planner
 * holds the join for one that leaves few rows, and would read a whole table for a page of it.
 */
export async function listHeads(
  reader: Reader,
  tenantId: string,
  filter: ExecutionFilter,
  limit: number,
): Promise<readonly StoredHead[]> {
  if (filter.workflowIds?.length === 0) return [];
  const rows = await reader.rows<HeadRow>(sql`
    select ${small}, 'null' as input, null as output, 'null' as trigger
      from (select * from workflow_executions e where ${whereMatches(tenantId, filter)} order by e.id desc limit ${limit}) e ${versions}
     order by e.id desc`);
  return rows.map(headOf);
}

export type JournalPage = { readonly rows: readonly JournalRow[]; readonly more: boolean };

export type JournalAsk = {
  readonly tenantId: string;
  readonly executionId: string;
  readonly fromSeq: number;
  readonly limit: number;
  readonly maxBytes: number;
};

/**
 * At most `limit` rows of the journal from `fromSeq` on, and about `maxBytes` of them, but at least one. Those that are not in
 * the table any more are read from their segment: the row in their place has the number of the last one, so that it is met.
 */
export async function readJournal(reader: Reader, segments: Segments, ask: JournalAsk): Promise<JournalPage> {
  const { tenantId, executionId, fromSeq, limit, maxBytes } = ask;
  const rows = await reader.rows<JournalRow & { found: bigint }>(sql`
    select seq, data as "eventsText", found
      from (select seq, data, count(*) over () as found,
                   sum(octet_length(data)) over (order by seq) - octet_length(data) as before
              from (select seq, data
                      from execution_events
                     where execution_id = ${executionId} and seq >= ${fromSeq}
                     order by seq
                     limit ${limit}) page) measured
     where before < ${maxBytes}
     order by seq`);
  const [first] = rows;
  const compacted = first && compactedIn(first.eventsText);
  if (compacted) {
    const older = await segments.some({ tenantId, id: executionId }, compacted, fromSeq);
    return { rows: firstOf(older, ask), more: true };
  }
  const found = Number(first?.found ?? 0);
  return { rows, more: found > rows.length || found === limit };
}

function firstOf(rows: readonly SegmentRow[], { limit, maxBytes }: JournalAsk): readonly JournalRow[] {
  const found: JournalRow[] = [];
  let size = 0;
  for (const { seq, data } of rows) {
    if (found.length === limit || size >= maxBytes) break;
    found.push({ seq, eventsText: data });
    size += data.length;
  }
  return found;
}

/** The execution that an idempotency key stands for. */
export async function findKey(
  reader: Reader,
  tenantId: string,
  key: string,
): Promise<{ readonly executionId: string; readonly hash: Buffer } | undefined> {
  const [row] = await reader.rows<{ executionId: string; hash: Buffer }>(sql`
    select execution_id as "executionId", hash from execution_keys where tenant_id = ${tenantId} and key = ${key}`);
  return row;
}

function headOf(row: HeadRow): StoredHead {
  const { input, output, error, labels, trigger, ...same } = row;
  return {
    ...same,
    status: statusName(row.status),
    phase: row.phase === null ? null : phaseName(row.phase),
    waitReason: row.waitReason === null ? null : waitReasonName(row.waitReason),
    inputText: input,
    outputText: output,
    errorText: error,
    labels: JSON.parse(labels) as Record<string, string>,
    triggerText: trigger,
    createdAt: row.createdAt.getTime(),
    startedAt: row.startedAt?.getTime() ?? null,
    finishedAt: row.finishedAt?.getTime() ?? null,
  };
}
