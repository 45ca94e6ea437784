/** Operations as rows. One process at a time is at one: it holds the row for a while, and what it writes names it. */
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';
import type { Operation, OperationError, OperationRequest, PageResult, Taken } from '../operations/operation.ts';

export type NewOperation = {
  readonly id: string;
  readonly tenantId: string;
  readonly untilId: string;
  readonly workflowIds: readonly string[] | null;
  readonly matched: number;
  readonly request: OperationRequest;
  readonly createdBy: string;
  readonly correlationId: string;
  readonly idempotency: { readonly key: string; readonly hash: Buffer } | null;
};

/** Of one tenant, unfinished at a time. Two that come in the same moment may both find room. */
const MOST_OPEN = 20;

/** `id` is of the operation that the key stands for, be it this or an earlier one. */
export function insertOperation(
  database: Database,
  { id, tenantId, untilId, workflowIds, matched, request, createdBy, correlationId, idempotency }: NewOperation,
): Promise<{ readonly id: string; readonly hash: Buffer | null } | 'full'> {
  return database.transaction({ role: 'app', tenantId }, async (tx) => {
    const known = await findKey();
    if (known !== undefined) return known;
    const open = await tx.rows(sql`
      select from operations where tenant_id = ${tenantId} and finished_at is null limit ${MOST_OPEN}`);
    if (open.length === MOST_OPEN) return 'full';
    const made = await tx.execute(sql`
      insert into operations (id, tenant_id, until_id, workflow_ids, matched, action, request, created_by, correlation_id, key, hash)
      values (${id}, ${tenantId}, ${untilId}, ${workflowIds}::uuid[], ${matched}, ${request.action}, ${JSON.stringify(request)},
              ${createdBy}, ${correlationId}, ${idempotency?.key ?? null}, ${idempotency?.hash ?? null})
      on conflict (tenant_id, key) where key is not null do nothing`);
    if (made === 1) return { id, hash: idempotency?.hash ?? null };
    // Another request with this key came first, and the insert has waited for it.
    return (await findKey()) ?? 'full';

    function findKey() {
      if (idempotency === null) return undefined;
      return tx.row<{ id: string; hash: Buffer }>(
        sql`select id, hash from operations where tenant_id = ${tenantId} and key = ${idempotency.key}`,
      );
    }
  });
}

const columns = sql`
  id, tenant_id as "tenantId", status, request, matched, done, failed, errors, created_by as "createdBy",
  created_at as "createdAt", finished_at as "finishedAt"`;

type Stored<T> = Omit<T, 'request' | 'errors'> & { readonly request: string; readonly errors: string };

const read = <T>({ request, errors, ...same }: Stored<T>) => ({
  ...same,
  request: JSON.parse(request) as OperationRequest,
  errors: JSON.parse(errors) as readonly OperationError[],
});

export async function readOperation(database: Database, tenantId: string, id: string): Promise<Operation | undefined> {
  const [row] = await database.query<Stored<Operation>>(
    { role: 'app', tenantId },
    sql`select ${columns} from operations where tenant_id = ${tenantId} and id = ${id}`,
  );
  return row && read(row);
}

/** False when it is over already, or not there. */
export async function cancelOperation(database: Database, tenantId: string, id: string): Promise<boolean> {
  const changed = await database.transaction({ role: 'app', tenantId }, (tx) =>
    tx.execute(sql`
      update operations set status = 'CANCELLED', finished_at = clock_timestamp()
       where tenant_id = ${tenantId} and id = ${id} and status = 'RUNNING'`),
  );
  return changed === 1;
}

/**
 * The operation that has waited longest for its next page, held for so long. Whoever takes it has the row; a process that
 * was at it before, and is late, finds another name in it and writes nothing.
 */
export async function takeOperation(database: Database, worker: string, holdMs: number): Promise<Taken | undefined> {
  const row = await database.transaction({ role: 'engine' }, (tx) =>
    tx.row<Stored<Taken>>(sql`
      update operations o
         set worker = ${worker}, worker_until = clock_timestamp() + ${holdMs} * interval '1 millisecond'
       where o.id = (select id from operations where finished_at is null and worker_until <= clock_timestamp()
                      order by worker_until limit 1 for update skip locked)
      returning ${columns}, workflow_ids as "workflowIds", position, until_id as "untilId", correlation_id as "correlationId"`),
  );
  return row && (read(row) as Taken);
}

/** Gives it back, for anyone to take up again after that time. */
export async function leaveOperation(database: Database, worker: string, id: string, afterMs: number): Promise<void> {
  await database.transaction({ role: 'engine' }, (tx) =>
    tx.execute(sql`
      update operations set worker_until = clock_timestamp() + ${afterMs} * interval '1 millisecond'
       where id = ${id} and worker = ${worker}`),
  );
}

const MOST_ERRORS = 20;

/** Notes a page, and gives the operation back. One that was cancelled meanwhile still says what was done. */
export function pageDone(worker: string, { id, errors: known }: Taken, { position, done, errors }: PageResult) {
  const first = JSON.stringify([...known, ...errors].slice(0, MOST_ERRORS));
  return sql`
    update operations
       set position = ${position}, done = done + ${done}, failed = failed + ${errors.length}, errors = ${first},
           matched = greatest(matched, done + failed + ${done + errors.length}), worker_until = clock_timestamp()
     where id = ${id} and worker = ${worker}`;
}

export async function notePage(database: Database, worker: string, taken: Taken, result: PageResult): Promise<void> {
  await database.transaction({ role: 'engine' }, (tx) => tx.execute(pageDone(worker, taken, result)));
}

/** Nothing is left that the filter finds: what it found is known now. */
export async function completeOperation(database: Database, worker: string, id: string): Promise<void> {
  await database.transaction({ role: 'engine' }, (tx) =>
    tx.execute(sql`
      update operations set status = 'COMPLETED', finished_at = clock_timestamp(), matched = done + failed
       where id = ${id} and worker = ${worker} and status = 'RUNNING'`),
  );
}

/** Keys past their window, and operations that were over a month before. Returns how many keys went. */
export function forgetOperations(
  database: Database,
  { olderThanMs }: { readonly olderThanMs: number },
): Promise<number> {
  return database.transaction({ role: 'engine' }, async (tx) => {
    await tx.execute(sql`delete from operations where finished_at < clock_timestamp() - interval '30 days'`);
    return tx.execute(sql`
      update operations set key = null, hash = null where key is not null and created_at < now() - ${olderThanMs}::float8 * interval '1 millisecond'`);
  });
}
