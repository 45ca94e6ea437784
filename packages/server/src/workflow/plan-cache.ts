/**
 * Plans by version id. A published version never changes, so a plan is never stale; the only reason to forget one is
 * memory. A definition is compiled once however many executions start at the same time.
 */
import type { Plan } from '@cloudflow/core/definition/plan.ts';
import { createBoundedCache } from './bounded-cache.ts';

export type PlanCache = {
  /** The plan of a version; `load` reads and compiles it when it is not held. */
  get(versionId: string, load: () => Promise<Plan>): Promise<Plan>;
};

/** `capacity` in plans; a plan takes about four times the memory of its document. */
export function createPlanCache(capacity: number): PlanCache {
  const plans = createBoundedCache<Promise<Plan>>(capacity);
  return {
    get(versionId, load) {
      const known = plans.get(versionId);
      if (known) return known;
      const plan = load();
      plans.set(versionId, plan);
      // A failure may pass (the database was away, a plug-in came back): the next start tries again.
      plan.catch(() => plans.delete(versionId));
      return plan;
    },
  };
}
