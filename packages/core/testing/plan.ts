/** Definitions for tests, short to write: one action type `act` that the test answers. */
import { compileStored } from '../src/definition/compile.ts';
import type { ActionCatalog, Plan } from '../src/definition/plan.ts';
import type { Json, JsonObject } from '../src/json.ts';

/** What a worker of the tenant runs. */
const task = { type: 'task', configSchema: true, defaultTimeoutMs: 10_000, byWorker: true };
const act = { type: 'act', configSchema: { type: 'object' }, defaultTimeoutMs: 10_000 };

export const catalog: ActionCatalog = {
  find: (type) => [act, task].find((each) => each.type === type),
  types: () => ['act', 'task'],
};

type Fields = { readonly [field: string]: Json };

export const doAct = (id: string, more: Fields = {}): JsonObject => ({ id, type: 'act', config: {}, ...more });
export const say = (id: string, output: Json, more: Fields = {}): JsonObject => ({
  id,
  type: 'transform',
  config: { output },
  ...more,
});
export const after = (...ids: string[]): { readonly depends_on: readonly string[] } => ({ depends_on: ids });

export function planOf(steps: readonly Json[], more: Fields = {}): Plan {
  const result = compileStored({ workflow_id: 'case', version: '1.0.0', steps, ...more }, catalog);
  if ('plan' in result) return result.plan;
  throw new Error(`the definition was refused: ${JSON.stringify(result.errors, null, 1)}`);
}
