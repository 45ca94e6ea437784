/** From what is asked of many executions to an operation that is on disk: from then on it is done, whatever becomes of this process. */
import type { Clock } from '../../kernel/clock/clock.ts';
import { digestOf } from '../../kernel/crypto/digest.ts';
import type { Database } from '../../kernel/db/database.ts';
import { problem } from '../../kernel/errors/problem.ts';
import type { WorkflowSource } from '../../workflow/index.ts';
import { uuidV7 } from '../execution-id.ts';
import { firstIdAt, nextId } from '../id-range.ts';
import { readFilter } from '../listing/filter.ts';
import { countTargets, lastId } from '../store/bulk-targets.ts';
import { insertOperation } from '../store/operations.ts';
import type { OperationRequest } from './operation.ts';

export type AskedOperation = {
  readonly tenantId: string;
  readonly by: string;
  readonly request: OperationRequest;
  readonly key: string | undefined;
  readonly correlationId: string;
};

type Deps = { readonly database: Database; readonly workflows: WorkflowSource; readonly clock: Clock };

/** Throws `idempotency_key_reused` and `too_many_operations`, and what the filter is refused with. */
export type MakeOperation = (asked: AskedOperation) => Promise<{ readonly id: string; readonly replayed: boolean }>;

export function createMakeOperation({ database, workflows, clock }: Deps): MakeOperation {
  /** What comes after this is not touched: beyond every execution that is there, and beyond this moment. */
  async function boundOf(tenantId: string): Promise<string> {
    const now = firstIdAt(clock.now() + 1);
    const last = await lastId(database, tenantId);
    return last === undefined || last < now ? now : nextId(last);
  }

  return async ({ tenantId, by, request, key, correlationId }) => {
    const filter = readFilter(request.filter, 'filter');
    const { workflow_id } = request.filter;
    const workflowIds = workflow_id === undefined ? null : await workflows.idsOf(tenantId, workflow_id);
    if (workflowIds?.length === 0) throw problem('not_found', { detail: `There is no workflow ${workflow_id}.` });
    const untilId = await boundOf(tenantId);
    const target = { action: request.action, filter: { ...filter, workflowIds: workflowIds ?? undefined } };
    const { count } = await countTargets(database, tenantId, target);
    const hash = digestOf({ ...request });
    const id = uuidV7(clock.now());
    const made = await insertOperation(database, {
      id,
      tenantId,
      untilId,
      workflowIds,
      matched: count,
      request,
      createdBy: by,
      correlationId,
      idempotency: key === undefined ? null : { key, hash },
    });
    if (made === 'full')
      throw problem('too_many_operations', { detail: 'Operations of this tenant are under way.', retryAfter: 5 });
    if (made.hash !== null && !made.hash.equals(hash))
      throw problem('idempotency_key_reused', { detail: 'This key stands for another operation.' });
    return { id: made.id, replayed: made.id !== id };
  };
}
