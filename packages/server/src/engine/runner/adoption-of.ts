/** What a retry that was stored without being begun is to adopt: worked out again from the journal that it is a retry of. */
import type { Plan } from '@cloudflow/core/definition/plan.ts';
import type { Json } from '@cloudflow/core/json.ts';
import { adopt } from '@cloudflow/core/run/adopt.ts';
import type { Adoption } from '@cloudflow/core/run/contract.ts';
import type { RunEvent } from '@cloudflow/core/run/event.ts';
import { pastOf } from '@cloudflow/core/run/past.ts';
import { givenBy, placeOf, planFor } from '../child-trigger.ts';
import type { StoredExecution } from '../store/load-executions.ts';

export type AdoptionDeps = {
  readonly read: (executionId: string, from: 'journal') => Promise<StoredExecution | undefined>;
  readonly planOf: (versionId: string) => Promise<Plan>;
  readonly now: () => number;
};

/** How a retry stands in the `trigger` of its row. */
export type RetryMark = { readonly retry?: { readonly from: string } };

/** Undefined for all but retries that have not begun and do not begin at the start. */
export async function adoptionOf(
  { retryOf, head, trigger }: StoredExecution,
  target: Plan,
  deps: AdoptionDeps,
): Promise<Adoption | undefined> {
  if (retryOf === null || head.status !== 'PENDING') return undefined;
  const { retry } = JSON.parse(trigger) as RetryMark;
  if (retry === undefined || retry.from === 'start') return undefined;
  const stored = await deps.read(retryOf, 'journal');
  if (stored === undefined) throw new Error(`execution ${retryOf}, whose outcomes it adopts, does not exist`);
  const oldTrigger = JSON.parse(stored.trigger) as Json;
  const plan = planFor(await deps.planOf(stored.versionId), oldTrigger);
  const past = pastOf(plan, eventsOf(stored), {
    executionId: stored.id,
    rootId: stored.rootId,
    tenantId: stored.tenantId,
    ...givenBy(JSON.parse(stored.input) as Json, oldTrigger),
    trigger: oldTrigger,
    generation: stored.generation,
    ...placeOf(stored.parentId, oldTrigger),
  });
  return adopt(past, { target, from: retry.from, at: deps.now() }).adoption;
}

function* eventsOf({ journal }: StoredExecution): Generator<RunEvent> {
  for (const { events } of journal) yield* events;
}
