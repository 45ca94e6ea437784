/** Where an execution, or one of its steps, stands at a gate: for explanations. */
import { msPerPriority } from '@cloudflow/core/gate/order.ts';
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';

export type PlaceAtGate = {
  /** From 1, in the order of priority with ageing; null: it does not wait there. */
  readonly position: number | null;
  /** It passes when fewer than so many hold the gate. */
  readonly limit: number | null;
  /** Executions that hold the gate, the first ten. */
  readonly holders: readonly string[];
};

export async function placeAtGate(
  database: Database,
  tenantId: string,
  { gateId, executionId }: { readonly gateId: string; readonly executionId: string },
): Promise<PlaceAtGate> {
  const [row] = await database.query<PlaceAtGate>(
    { role: 'app', tenantId },
    sql`
    with at_gate as materialized (
           select execution_id, since, since + (priority - 1) * interval '1 millisecond' * ${msPerPriority} as due, most_held, held
             from gate_entries where gate_id = ${gateId} and tenant_id = ${tenantId}),
         own as (select min(due) as due, min(most_held) as most_held from at_gate where execution_id = ${executionId} and not held)
    select case when own.due is null then null
                else (select count(*)::int from at_gate a where not a.held and a.due <= own.due) end as position,
           own.most_held as "limit",
           array(select h.execution_id::text from at_gate h where h.held order by h.since limit 10) as holders
      from own`,
  );
  return row ?? { position: null, limit: null, holders: [] };
}
