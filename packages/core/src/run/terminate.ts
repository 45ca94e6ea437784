/** `terminate`: ends the execution from inside. */
import type { PlanStep } from '../definition/plan.ts';
import { isJsonObject, type Json } from '../json.ts';
import { type Decision, type Place, record } from './decision.ts';
import { endExecution } from './ending.ts';
import type { FinalStatus, StepError } from './event.ts';
import { keyIn } from './scope.ts';
import { isFinal, keyOf } from './state.ts';
import { abandon, stepEnded, stopScope } from './stop.ts';

export type Termination = { readonly status: FinalStatus; readonly output: Json; readonly error: Json };

/** `terminate`: COMPLETED ends at once; FAILED and CANCELLED stop as a failure or a cancel does, compensation included. */
export function terminate(d: Decision, { scope, step }: Place, { status, output, error }: Termination): void {
  record(d, { e: 'succeeded', ...keyIn(scope, step), at: d.at, ...(output === null ? {} : { o: output }) });
  if (d.state.stop !== null) return stepEnded(d, scope, step);
  if (status !== 'COMPLETED')
    return stopScope(d, d.state.top, { to: status, error: terminationError(status, step, error) });
  for (const run of [...d.state.top.runs.values()]) {
    abandon(d, run); // what nothing waits for any more included
    if (isFinal(run.status)) continue;
    record(d, { e: 'skipped', ...keyOf(run), at: d.at, w: true });
  }
  endExecution(d, { status: 'COMPLETED', output });
}

function terminationError(status: FinalStatus, step: PlanStep, error: Json): StepError {
  const given = isJsonObject(error) ? error : {};
  const text = typeof error === 'string' ? error : typeof given['message'] === 'string' ? given['message'] : null;
  const code = typeof given['code'] === 'string' ? given['code'] : status === 'CANCELLED' ? 'cancelled' : 'terminated';
  return { code, message: text ?? `The execution was ended by step ${step.id}.`, step: step.id };
}
