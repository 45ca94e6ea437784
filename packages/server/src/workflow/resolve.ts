/**
 * From a name to what a start pins: version and plan. This is the hot path of every start, so that both are held in
 * memory: which version is current for at most a second, the plan of a version for as long as there is room.
 */
import { compileStored } from '@cloudflow/core/definition/compile.ts';
import type { ActionCatalog, Plan } from '@cloudflow/core/definition/plan.ts';
import type { Json } from '@cloudflow/core/json.ts';
import type { Database } from '../kernel/db/database.ts';
import { problem } from '../kernel/errors/problem.ts';
import { createCurrentCache } from './current-cache.ts';
import { createPlanCache } from './plan-cache.ts';
import type { WorkflowSource } from './resolved-workflow.ts';
import { notPublished } from './roll-back.ts';
import * as store from './store.ts';
import { catalogWith, noOwn, type OwnActions, unchecked } from './tenant-actions.ts';

export type ResolverDeps = {
  readonly database: Database;
  readonly actions: ActionCatalog;
  /** Absent: tenants have none of their own. */
  readonly ownActions?: OwnActions;
  /** Monotonic milliseconds. */
  readonly monotonic: () => number;
};

export type Resolver = WorkflowSource & {
  /** To be called after every committed change of a workflow of this tenant. */
  forget(tenantId: string): void;
};

/** What another process changed is seen after this time at the latest. */
const ttlMs = 1_000;
const tenantsHeld = 10_000;
/** Characters of the definitions whose plans are held: some 250 MB of plans at the most. */
const plansHeld = 64_000_000;

type Target = Omit<Awaited<ReturnType<WorkflowSource['resolveForStart']>>, 'plan'> & { readonly enabled: boolean };

export function createResolver({ database, actions, ownActions = noOwn, monotonic }: ResolverDeps): Resolver {
  const current = createCurrentCache<Target>({ ttlMs, capacity: tenantsHeld, now: monotonic });
  const plans = createPlanCache(plansHeld);

  const reader = (tenantId: string): store.Reader => ({
    rows: (query) => database.query({ role: 'app', tenantId }, query),
  });

  async function target(tenantId: string, name: string, version: string | undefined): Promise<Target> {
    const row = await (version === undefined
      ? store.findWorkflow(reader(tenantId), tenantId, name)
      : store.findVersion(reader(tenantId), tenantId, name, version));
    if (!row) throw problem('not_found', { detail: notFound(name, version) });
    if (row.versionId === null) throw notPublished(row.slug);
    const { id: workflowId, versionId, slug, enabled } = row;
    return { workflowId, versionId, slug, version: row.version, enabled };
  }

  // The engine's role on purpose: recovery has no tenant at hand, and the id comes out of our own tables.
  const engineReader: store.Reader = { rows: (query) => database.query({ role: 'engine' }, query) };
  const planOf = (versionId: string): Promise<Plan> =>
    plans.get(versionId, async () => {
      const stored = await store.readDefinition(engineReader, versionId);
      if (stored === undefined) throw problem('not_found', { detail: `There is no version ${versionId}.` });
      const { definition, tenantId } = stored;
      const catalog = catalogWith(actions, unchecked(await ownActions(tenantId)));
      return { plan: planFrom(JSON.parse(definition) as Json, catalog), characters: definition.length };
    });

  return {
    async resolveForStart(tenantId, name, version) {
      const key = version === undefined ? name : `${name} ${version}`;
      const found = await current.get(tenantId, key, () => target(tenantId, name, version));
      if (!found.enabled) throw problem('workflow_disabled', { detail: `${found.slug} is disabled.` });
      const { workflowId, versionId, slug } = found;
      return { workflowId, versionId, slug, version: found.version, plan: await planOf(versionId) };
    },
    idsOf: (tenantId, name) => store.findIds(reader(tenantId), tenantId, name),
    planOf,
    forget: (tenantId) => current.forget(tenantId),
  };
}

/** Of a definition that was saved before. Throws `definition_outdated`. */
export function planFrom(definition: Json, actions: ActionCatalog): Plan {
  const result = compileStored(definition, actions);
  if ('plan' in result) return result.plan;
  throw problem('definition_outdated', {
    detail: `This release cannot run the stored definition: ${result.errors[0]?.message}`,
    errors: result.errors,
  });
}

function notFound(name: string, version: string | undefined): string {
  return version === undefined ? `There is no workflow ${name}.` : `There is no version ${version} of ${name}.`;
}
