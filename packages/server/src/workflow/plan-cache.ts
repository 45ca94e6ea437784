/**
 * Plans by version id. A published version never changes, so a plan is never stale; the only reason to forget one is
 * memory. A definition is compiled once however many executions start at the same time.
 */
import type { Plan } from '@cloudflow/core/definition/plan.ts';
import { createBoundedCache } from './bounded-cache.ts';

/** `characters` of the definition that the plan was compiled from. */
export type LoadedPlan = { readonly plan: Plan; readonly characters: number };

export type PlanCache = {
  /** The plan of a version; `load` reads and compiles it when it is not held. */
  get(versionId: string, load: () => Promise<LoadedPlan>): Promise<Plan>;
};

/** What the smallest plan takes, and one whose size is not known yet. */
const leastCharacters = 2_000;

/** `capacity` in characters of definitions; a plan takes about four times the memory of its document. */
export function createPlanCache(capacity: number): PlanCache {
  const plans = createBoundedCache<Promise<Plan>>(capacity);
  return {
    get(versionId, load) {
      const known = plans.get(versionId);
      if (known) return known;
      const loading = load();
      const plan = loading.then((loaded) => loaded.plan);
      plans.set(versionId, plan, leastCharacters);
      loading.then(
        ({ characters }) => plans.set(versionId, plan, Math.max(leastCharacters, characters)),
        // A failure may pass (the database was away, a plug-in came back): the next start tries again.
        () => plans.delete(versionId),
      );
      return plan;
    },
  };
}
