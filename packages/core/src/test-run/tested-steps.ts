/** The steps of a test run as people see them: the rows of an execution, and the order in which they began. */
import type { Json } from '../json.ts';
import type { RunContext } from '../run/contract.ts';
import type { RunEvent } from '../run/event.ts';
import { type StepRow, stepRows } from '../run/step-rows.ts';
import type { VirtualExecution } from './virtual-execution.ts';

export type TestedStep = Omit<StepRow, 'input' | 'adopted'> & {
  readonly input: Json;
  /** A mock answered at least one of its tries. */
  readonly mocked: boolean;
};

export function testedSteps(
  { plan, state, context }: VirtualExecution,
  isMocked: (path: string) => boolean,
): readonly TestedStep[] {
  return stepRows(plan, state).map((row) => testedStep(row, context, isMocked(row.path)));
}

function testedStep({ adopted: _, ...row }: StepRow, context: RunContext, mocked: boolean): TestedStep {
  return { ...row, input: row.input(context), mocked };
}

/** Of those that ran, each once for every row of it. */
export function pathTaken(events: readonly RunEvent[], steps: readonly TestedStep[]): readonly string[] {
  const ran = steps.filter(
    ({ status, startedAt }) => status !== 'SKIPPED' && status !== 'QUEUED' && startedAt !== null,
  );
  const order = new Map<string, number>();
  for (const event of events) {
    if (!('s' in event) || event.s === undefined) continue;
    const key = `${event.p ?? ''}\n${event.s}\n${event.r ?? 0}`;
    if (!order.has(key)) order.set(key, order.size);
  }
  const placeOf = ({ path, step_id, round }: TestedStep): number => {
    const scope = path === step_id ? '' : path.endsWith(`.${step_id}`) ? path.slice(0, -step_id.length - 1) : path;
    return order.get(`${scope}\n${step_id}\n${round}`) ?? order.size;
  };
  return ran
    .map((step) => ({ path: step.path, at: placeOf(step) }))
    .sort((a, b) => a.at - b.at)
    .map(({ path }) => path);
}
