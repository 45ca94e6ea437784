/**
 * Steps without a config of their own: they run an operation that the tenant has registered under the step's id, and hand it the
 * input of the execution and the outputs of their dependencies.
 */
import type { JsonObject } from '../json.ts';
import type { LaidStep } from './layout.ts';
import type { ActionShape, OperationUse, PlanStep } from './plan.ts';

export function isRegistered({ registered = false }: ActionShape, config: JsonObject): boolean {
  return registered && Object.keys(config).length === 0;
}

/** What the step is configured with instead. */
export function registeredConfig({ document }: LaidStep): JsonObject {
  const outputs = (document.depends_on ?? []).map((id) => [id, `\${ steps[${JSON.stringify(id)}].output }`] as const);
  return { registered: document.id, input: '${ input }', steps: Object.fromEntries(outputs) };
}

export function operationsOf(steps: readonly PlanStep[]): readonly OperationUse[] {
  const uses = steps.filter(({ work }) => work.kind === 'action' && work.registered);
  return uses.map(({ id, pointer }) => ({ name: id, pointer }));
}
