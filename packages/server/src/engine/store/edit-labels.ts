/** Labels of an execution are changed. Nothing else of the row is touched, and no index of it has them: the update is HOT. */
import type { Database } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/sql/sql.ts';

export type LabelEdit = {
  readonly tenantId: string;
  readonly executionId: string;
  /** Null removes. */
  readonly patch: Readonly<Record<string, string | null>>;
};

export const mostLabels = 64;

/** The row is locked while it is read and written, so that two who edit different labels both have their way. */
export function editLabels(
  database: Database,
  { tenantId, executionId, patch }: LabelEdit,
): Promise<'edited' | 'not_found' | 'too_many'> {
  return database.transaction({ role: 'engine' }, async (tx) => {
    const row = await tx.row<{ labels: string }>(sql`
      select labels from workflow_executions where tenant_id = ${tenantId} and id = ${executionId} for no key update`);
    if (row === undefined) return 'not_found';
    const labels = new Map(Object.entries(JSON.parse(row.labels) as Record<string, string>));
    for (const [name, value] of Object.entries(patch)) {
      if (value === null) labels.delete(name);
      else labels.set(name, value);
    }
    if (labels.size > mostLabels) return 'too_many';
    await tx.execute(sql`
      update workflow_executions set labels = ${JSON.stringify(Object.fromEntries(labels))}
       where tenant_id = ${tenantId} and id = ${executionId}`);
    return 'edited';
  });
}
