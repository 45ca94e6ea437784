/** What is archived: the rows of executions below a bound, and their journals, in pages. */
import type pg from 'pg';
import type { ArchivedUpTo } from './retention-state.ts';

export type OldExecution = {
  readonly id: string;
  readonly tenantId: string;
  readonly workflowId: string;
  readonly isOver: boolean;
  /** All columns, as JSON text. */
  readonly row: string;
  /** Columns that may refer to large values. */
  readonly texts: readonly (string | null)[];
};

const pageOfExecutions = 200;
const pageOfJournal = 100;
const nobody = '00000000-0000-0000-0000-000000000000';

type Asked = { readonly before: string; readonly finishedBefore: Date };

/** In the order of an index, so that a page costs what is on it, and that files are of one tenant. */
export async function oldExecutions(
  client: pg.ClientBase,
  { before, finishedBefore }: Asked,
  after: ArchivedUpTo | null,
): Promise<readonly OldExecution[]> {
  const { rows } = await client.query<OldExecution>(
    `select e.id, e.tenant_id as "tenantId", e.workflow_id as "workflowId", coalesce(e.finished_at < $2, false) as "isOver",
            row_to_json(e)::text as row, array[e.input, e.output, e.trigger] as texts
       from workflow_executions e
      where e.id < $1 and (e.tenant_id, e.workflow_id, e.id) > ($3, $4, $5)
      order by e.tenant_id, e.workflow_id, e.id limit ${pageOfExecutions}`,
    [before, finishedBefore, after?.tenantId ?? nobody, after?.workflowId ?? nobody, after?.executionId ?? nobody],
  );
  return rows;
}

export type OldJournalRow = { readonly seq: number; readonly at: Date; readonly data: string };

export async function oldJournal(
  client: pg.ClientBase,
  executionId: string,
  after: number,
): Promise<readonly OldJournalRow[]> {
  const { rows } = await client.query<OldJournalRow>(
    `select seq, at, data from execution_events where execution_id = $1 and seq > $2 order by seq limit ${pageOfJournal}`,
    [executionId, after],
  );
  return rows;
}
