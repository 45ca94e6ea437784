/** The plan that a test runs: of the definition in the request, else of the one that is kept. */
import { compile } from '@cloudflow/core/definition/compile.ts';
import type { ActionCatalog, Plan } from '@cloudflow/core/definition/plan.ts';
import type { JsonObject } from '@cloudflow/core/json.ts';
import { problem } from '../kernel/errors/problem.ts';

export type TestedPlanDeps = {
  /** The types of steps that the tenant can use. */
  readonly catalogOf: (tenantId: string) => Promise<ActionCatalog>;
  /** What is edited under this name: its draft, or what was published last. Throws `not_found`. */
  readonly readDraft: (
    tenantId: string,
    name: string,
  ) => Promise<{ readonly slug: string; readonly definition: string }>;
};

export type TestedPlan = (tenantId: string, name: string, definition: JsonObject | undefined) => Promise<Plan>;

/** Throws `not_found` and `invalid_definition`. */
export function createTestedPlan({ catalogOf, readDraft }: TestedPlanDeps): TestedPlan {
  /** One that is tried before it is saved for the first time need not be there. */
  async function mustBeNamed(tenantId: string, name: string, { workflow_id: own }: JsonObject): Promise<void> {
    if (own === name) return;
    const { slug } = await readDraft(tenantId, name);
    if (own === slug) return;
    const message = `The path names ${slug}, the definition ${JSON.stringify(own)}.`;
    throw problem('invalid_definition', {
      detail: message,
      errors: [{ pointer: '/definition/workflow_id', code: 'workflow_id_mismatch', message, suggestion: slug }],
    });
  }

  async function drafted(tenantId: string, name: string): Promise<JsonObject> {
    const { definition } = await readDraft(tenantId, name);
    return JSON.parse(definition) as JsonObject;
  }

  return async (tenantId, name, definition) => {
    if (definition !== undefined) await mustBeNamed(tenantId, name, definition);
    const result = compile(definition ?? (await drafted(tenantId, name)), await catalogOf(tenantId));
    if ('plan' in result) return result.plan;
    const prefix = definition === undefined ? '' : '/definition';
    throw problem('invalid_definition', {
      detail: `The definition cannot run; the first error: ${result.errors[0]?.message}`,
      errors: result.errors.map((each) => ({ ...each, pointer: `${prefix}${each.pointer}` })),
    });
  };
}
