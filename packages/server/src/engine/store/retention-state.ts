/** How far retention is, on disk. All of it is written by the session that holds the lock, so by one process at a time. */
import type pg from 'pg';
import type { OldMonth } from '../../kernel/db/partitions.ts';

export type RetentionPhase = 'archiving' | 'moving' | 'dropping' | 'done';
/** Up to where the archive is written: this execution, its journal up to `seq`, or (null) all of it. */
export type ArchivedUpTo = {
  readonly tenantId: string;
  readonly workflowId: string;
  readonly executionId: string;
  readonly seq: number | null;
};
export type RetentionMonth = OldMonth & {
  readonly phase: RetentionPhase;
  /** What ended before is archived. */
  readonly finishedBefore: Date;
  readonly upTo: ArchivedUpTo | null;
};

/** False when another process is at it. The lock goes with the session. */
export async function lockRetention(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ mine: boolean }>(
    `select pg_try_advisory_lock(hashtext('cloudflow retention')) as mine`,
  );
  return rows[0]?.mine === true;
}

type Row = {
  readonly month: string;
  readonly before: string;
  readonly phase: RetentionPhase;
  readonly finished_before: Date;
  readonly after_tenant: string | null;
  readonly after_workflow: string;
  readonly after_execution: string;
  readonly after_seq: number | null;
};

/** The month that was begun and is not done, if there is one. */
export async function monthUnderWay(client: pg.ClientBase): Promise<RetentionMonth | undefined> {
  const { rows } = await client.query<Row>(`select * from retention_months where phase <> 'done'`);
  const [row] = rows;
  if (row === undefined) return undefined;
  const upTo =
    row.after_tenant === null
      ? null
      : {
          tenantId: row.after_tenant,
          workflowId: row.after_workflow,
          executionId: row.after_execution,
          seq: row.after_seq,
        };
  const { month, before, phase, finished_before: finishedBefore } = row;
  return { month, first: firstIdOf(month), before, phase, finishedBefore, upTo };
}

function firstIdOf(month: string): string {
  const hex = Date.UTC(Number(month.slice(0, 4)), Number(month.slice(4)) - 1)
    .toString(16)
    .padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/** What was kept of the month before is of no use any more. */
export async function beginMonth(client: pg.ClientBase, month: OldMonth, finishedBefore: Date): Promise<void> {
  await inTransaction(client, async () => {
    await client.query('delete from retention_kept');
    await client.query('insert into retention_months (month, before, finished_before) values ($1, $2, $3)', [
      month.month,
      month.before,
      finishedBefore,
    ]);
  });
}

export async function enterPhase(client: pg.ClientBase, { month }: OldMonth, phase: RetentionPhase): Promise<void> {
  await client.query(
    `update retention_months set phase = $2, done_at = case when $2 = 'done' then now() end where month = $1`,
    [month, phase],
  );
}

export type ArchiveFileRow = {
  readonly tenantId: string;
  readonly number: number;
  readonly digest: string;
  readonly bytes: number;
  readonly home: string;
  readonly executions: number;
  readonly journalRows: number;
  readonly largeValues: number;
};

/** That the archive is on disk up to here, and what is not to be lost of what it passed by. */
export async function archived(
  client: pg.ClientBase,
  { month, first }: OldMonth,
  progress: { readonly upTo: ArchivedUpTo; readonly kept: readonly string[]; readonly file: ArchiveFileRow | null },
): Promise<void> {
  const { upTo, kept, file } = progress;
  await inTransaction(client, async () => {
    if (file !== null)
      await client.query(
        `insert into archive_files (archive_id, month, tenant_id, number, digest, bytes, home, executions, journal_rows, large_values)
         values ($1, $2, $3, $4, decode($5, 'hex'), $6, $7, $8, $9, $10)`,
        [
          first,
          month,
          file.tenantId,
          file.number,
          file.digest,
          file.bytes,
          file.home,
          file.executions,
          file.journalRows,
          file.largeValues,
        ],
      );
    await client.query('insert into retention_kept (execution_id) select unnest($1::uuid[]) on conflict do nothing', [
      kept,
    ]);
    await client.query(
      `update retention_months set after_tenant = $2, after_workflow = $3, after_execution = $4, after_seq = $5 where month = $1`,
      [month, upTo.tenantId, upTo.workflowId, upTo.executionId, upTo.seq],
    );
  });
}

/** The number of the next file of a tenant. */
export async function nextFileNumber(client: pg.ClientBase, archiveId: string, tenantId: string): Promise<number> {
  const { rows } = await client.query<{ next: number }>(
    'select coalesce(max(number), 0) + 1 as next from archive_files where archive_id = $1 and tenant_id = $2',
    [archiveId, tenantId],
  );
  return rows[0]?.next ?? 1;
}

export async function inTransaction(client: pg.ClientBase, work: () => Promise<void>): Promise<void> {
  await client.query('begin');
  try {
    await work();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
