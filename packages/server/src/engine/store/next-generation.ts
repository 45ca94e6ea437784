/** The number under which a retry does its effects: its own among all retries that go back to the same execution. */
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';

/** As many as the column of an execution can hold. */
const MOST = 32_767;

/** One statement: two that ask at the same time get two numbers. Undefined when there are no more. */
export async function nextGeneration(
  database: Database,
  tenantId: string,
  rootId: string,
): Promise<number | undefined> {
  const row = await database.transaction({ role: 'app', tenantId }, (tx) =>
    tx.row<{ generation: number }>(sql`
      insert into execution_generations as g (root_id, tenant_id, generation) values (${rootId}, ${tenantId}, 1)
      on conflict (root_id) do update set generation = g.generation + 1 where g.generation < ${MOST}
      returning generation`),
  );
  return row?.generation;
}

/** Whether somebody has retried it, or what it is a retry of, since this generation. */
export async function wasRetriedSince(
  database: Database,
  tenantId: string,
  of: { readonly rootId: string; readonly generation: number },
): Promise<boolean> {
  const [row] = await database.query<{ generation: number }>(
    { role: 'app', tenantId },
    sql`select generation from execution_generations where root_id = ${of.rootId}`,
  );
  return row !== undefined && row.generation > of.generation;
}
