/** The plan that a test runs: of the definition in the request, else of the one that is kept. */
import { compile } from '@cloudflow/core/definition/compile.ts';
import type { ActionCatalog, Plan } from '@cloudflow/core/definition/plan.ts';
import type { JsonObject } from '@cloudflow/core/json.ts';
import { problem } from '../kernel/errors/problem.ts';

export type TestedPlanDeps = {
  readonly actions: ActionCatalog;
  /** What is edited, or published last, under this name. Throws `not_found`. */
  readonly readDefinition: (tenantId: string, name: string) => Promise<JsonObject>;
};

export type TestedPlan = (tenantId: string, name: string, definition: JsonObject | undefined) => Promise<Plan>;

/** Throws `not_found` and `invalid_definition`. */
export function createTestedPlan({ actions, readDefinition }: TestedPlanDeps): TestedPlan {
  /** One that is tried before it is published for the first time need not be there. */
  async function mustBeNamed(tenantId: string, name: string, { workflow_id: own }: JsonObject): Promise<void> {
    if (own === name) return;
    const { workflow_id: kept } = await readDefinition(tenantId, name);
    if (own === kept) return;
    const message = `The path names ${String(kept)}, the definition ${JSON.stringify(own)}.`;
    throw problem('invalid_definition', {
      detail: message,
      errors: [{ pointer: '/definition/workflow_id', code: 'workflow_id_mismatch', message, suggestion: String(kept) }],
    });
  }

  return async (tenantId, name, definition) => {
    if (definition !== undefined) await mustBeNamed(tenantId, name, definition);
    const result = compile(definition ?? (await readDefinition(tenantId, name)), actions);
    if ('plan' in result) return result.plan;
    const prefix = definition === undefined ? '' : '/definition';
    throw problem('invalid_definition', {
      detail: `The definition cannot run; the first error: ${result.errors[0]?.message}`,
      errors: result.errors.map((each) => ({ ...each, pointer: `${prefix}${each.pointer}` })),
    });
  };
}
