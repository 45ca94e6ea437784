/** How steps end: an outcome is shaped, retried, handled or passed outwards, and what waited for it is looked at. */
import type { RetryPolicy, Work } from '../definition/plan.ts';
import { unsaid } from '../definition/sensitive.ts';
import type { Json } from '../json.ts';
import type { AttemptError, AttemptOutcome } from './contract.ts';
import { type Decision, type Place, record } from './decision.ts';
import { isPerhapsDone, undoInside } from './ending.ts';
import type { RunEvent, StepError } from './event.ts';
import { isStopping, keyIn, openBlock } from './scope.ts';
import { bounded, evaluate } from './scope-values.ts';
import { pathOf, type StepRun } from './state.ts';
import { abandon, stepEnded, stopScope } from './stop.ts';

type ActionWork = Extract<Work, { kind: 'action' }>;
type Success = Extract<RunEvent, { e: 'succeeded' }>;

/** Records a success with the output as the definition shapes it; an output that cannot be shaped is a failure. */
export function succeedStep(d: Decision, place: Place, result: Json, more: Pick<Success, 'c' | 'v'> = {}): void {
  const { scope, step } = place;
  const shaped =
    step.output === null ? bounded(result, 'output_too_large') : evaluate(d, scope, step.output, { result });
  if ('error' in shaped) return failStep(d, place, shaped.error);
  const output = shaped.value === null ? {} : { o: shaped.value };
  record(d, { e: 'succeeded', ...keyIn(scope, step), at: d.at, ...output, ...more });
  stepEnded(d, scope, step);
}

export function settleTry(d: Decision, run: StepRun, outcome: AttemptOutcome): void {
  if ('output' in outcome) return succeedStep(d, run, outcome.output);
  const { error } = outcome;
  const { work } = run.step;
  if (work.kind === 'action' && !isStopping(d, run.scope) && mayRetry(work, run.attempt, error)) {
    const until = d.at + retryDelay(d, work.retry, run.attempt, error);
    record(d, { e: 'retrying', ...keyIn(run.scope, run.step), at: d.at, err: located(d, run, error), until });
    return;
  }
  failStep(d, run, error);
}

function mayRetry({ retry: policy, delivery }: ActionWork, attempt: number, error: AttemptError): boolean {
  if (!error.retryable || attempt >= policy.maxAttempts) return false;
  if (delivery === 'at_most_once' && isPerhapsDone(error)) return false;
  if (policy.except.includes(error.code)) return false;
  return policy.on === null || policy.on.includes(error.code);
}

/** Milliseconds until the next try: the longer of the policy's backoff and what the other side asked for. */
function retryDelay(d: Decision, policy: RetryPolicy, attempt: number, error: AttemptError): number {
  const factor =
    policy.backoff === 'exponential' ? policy.multiplier ** (attempt - 1) : policy.backoff === 'linear' ? attempt : 1;
  const backoff = Math.min(policy.initialMs * factor, policy.maxIntervalMs);
  const jittered = policy.jitter === 0 ? backoff : backoff * (1 + policy.jitter * (2 * d.entropy.random() - 1));
  return Math.round(Math.max(jittered, error.retryAfterMs ?? 0));
}

/** A step failed for good: its handler opens, or it ends FAILED and, unless it says otherwise, its block with it. */
export function failStep(d: Decision, place: Place, error: StepError | AttemptError): void {
  const { scope, step } = place;
  const err = located(d, place, error);
  const run = scope.runs.get(step.index);
  // Blocks that are still open, when it is not they that failed but what was made of them: nothing in them goes on.
  if (run !== undefined && run.inner.length > 0) abandon(d, run);
  if (step.onError.kind === 'handler' && !isStopping(d, scope)) return handle(d, place, err);
  endFailed(d, place, err);
}

function handle(d: Decision, { scope, step }: Place, err: StepError): void {
  // Also of one that was held, or waited for its lock, and has not begun: it is EXECUTING while its handler runs.
  if (scope.runs.get(step.index)?.status !== 'EXECUTING') record(d, { e: 'begun', ...keyIn(scope, step), at: d.at });
  const run = scope.runs.get(step.index);
  if (run === undefined) return;
  if (step.onError.kind === 'handler' && step.onError.compensate) undoInside(d, run, err);
  else openBlock(d, run, ['error'], { err });
}

/** Ends FAILED without asking a handler: there is none, or it failed itself. */
export function endFailed(d: Decision, { scope, step }: Place, err: StepError): void {
  record(d, { e: 'failed', ...keyIn(scope, step), at: d.at, err });
  const goesOn = step.onError.kind === 'continue' || step.onError.kind === 'skip';
  if (goesOn || isStopping(d, scope)) stepEnded(d, scope, step);
  else stopScope(d, scope, { to: 'FAILED', error: err });
}

/**
 * The error with the place where it arose; of a sensitive step only the code, because errors repeat what was given, and go from
 * here into blocks, executions, logs and lists. One that comes from further in keeps its own. */
function located(d: Decision, { scope, step }: Place, error: StepError | AttemptError): StepError {
  const { code, message, details } = error;
  const isOwn = !('step' in error) || error.step === undefined || error.step === step.id;
  if (step.sensitive && isOwn)
    return { code, message: unsaid, step: step.id, details: { path: pathOf(d.plan, step, scope) } };
  if ('step' in error && error.step !== undefined) return { code, message, step: error.step, details: details ?? {} };
  return { code, message, step: step.id, details: { ...details, path: pathOf(d.plan, step, scope) } };
}
