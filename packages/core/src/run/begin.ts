/** How steps begin: join, then `when`, then the lock, then the work itself. Pure work ends at once; the rest becomes an effect or a timer. */

import type { PlanStep, Work } from '../definition/plan.ts';
import { isJsonObject, type Json } from '../json.ts';
import { joinOfArrivals, takeArrivals } from './arrivals.ts';
import { beginBlocks, beginSwitch } from './cases.ts';
import { beginCall } from './children.ts';
import type { Effect } from './contract.ts';
import { type Decision, type Place, record } from './decision.ts';
import type { StepError } from './event.ts';
import { behindLock, mayBegin } from './gates.ts';
import { beginForEach } from './items.ts';
import { judgeJoin, stepsOnlyFor } from './join.ts';
import { beginGoto } from './jumps.ts';
import { heldToAsk, judgeMilestone } from './milestones.ts';
import { beginWaitAny } from './options.ts';
import { beginLoop } from './rounds.ts';
import { isStopping, keyIn } from './scope.ts';
import { evaluate, evaluateCondition } from './scope-values.ts';
import { failStep, succeedStep } from './settle.ts';
import { pathOf, roundOf, type Scope } from './state.ts';
import { type WorkInput, workInput } from './step-input.ts';
import { stepEnded, withdraw } from './stop.ts';
import { terminate } from './terminate.ts';
import { beginWait } from './waits.ts';
import { beginCancel } from './withdrawals.ts';

type WorkOf<K extends Work['kind']> = Extract<Work, { kind: K }>;

/** Begins the step, passes it over, or leaves it to its other dependencies. */
export function beginStep(d: Decision, place: Place): void {
  const { scope, step } = place;
  const arrivals = joinOfArrivals(step);
  if (arrivals !== null) return takeArrivals(d, place, arrivals);
  if (scope.closed || isStopping(d, scope)) return;
  const known = scope.runs.get(step.index);
  if (known !== undefined) return mayBegin(known) || d.state.held.has(known) ? atMilestone(d, place) : undefined;
  const verdict = judgeJoin(step, scope);
  if (verdict === 'wait') return;
  if (verdict === 'skip') return skip(d, place);
  if (step.join.kind === 'count' && step.join.cancelRemaining) {
    for (const each of stepsOnlyFor(step, d.plan.steps, scope)) withdraw(d, scope, each);
  }
  if (step.when === null) return behindLock(d, place, atMilestone);
  const asked = evaluateCondition(d, scope, step.when);
  if ('error' in asked) return failStep(d, place, asked.error);
  return asked.value ? behindLock(d, place, atMilestone) : passOver(d, place);
}

/** Asks the held steps again that what was recorded from this event on may let start; the number of events they know of. */
export function askHeld(d: Decision, from: number): number {
  let known = from;
  while (known < d.events.length && d.state.held.size > 0) {
    const runs = heldToAsk(d, d.events.slice(known));
    known = d.events.length; // a step that starts now may change what the others wait for
    for (const run of runs) if (d.state.held.has(run) && !isStopping(d, run.scope)) atMilestone(d, run);
  }
  return known;
}

function atMilestone(d: Decision, place: Place): void {
  const verdict = judgeMilestone(d, place);
  if (verdict === 'start') work(d, place);
  else if (verdict === 'skip') passOver(d, place);
}

/** By its own condition, so that a `goto` lets go on what comes after it. */
function passOver(d: Decision, place: Place): void {
  skip(d, place, place.step.work.kind === 'goto' ? { x: true } : {});
}

function skip(d: Decision, { scope, step }: Place, why: { readonly x?: true } = {}): void {
  record(d, { e: 'skipped', ...keyIn(scope, step), at: d.at, ...why });
  stepEnded(d, scope, step);
}

function work(d: Decision, place: Place): void {
  const { work } = place.step;
  switch (work.kind) {
    case 'transform':
      return whenValue(d, place, evaluate(d, place.scope, work.output), (value) => succeedStep(d, place, value));
    case 'set_variables':
      return whenValue(d, place, evaluate(d, place.scope, work.values), (value) => setVariables(d, place, value));
    case 'switch':
      return beginSwitch(d, place, work);
    case 'block':
      return beginBlocks(d, place, ['body']);
    case 'parallel':
      return beginBlocks(
        d,
        place,
        work.branches.map(({ name }) => name),
      );
    case 'loop':
      return beginLoop(d, place, work);
    case 'for_each':
      return beginForEach(d, place, work);
    case 'goto':
      return beginGoto(d, place, work);
    case 'cancel':
      return beginCancel(d, place, work);
    case 'wait':
      return beginWait(d, place, work);
    case 'wait_any':
      return beginWaitAny(d, place, work);
    case 'sub_workflow':
      return beginCall(d, place, work);
    case 'terminate':
      return beginTerminate(d, place, work);
    case 'function':
    case 'action':
      return beginTry(d, place.scope, place.step, 1);
  }
}

function whenValue(
  d: Decision,
  place: Place,
  evaluated: { value: Json } | { error: StepError },
  then: (value: Json) => void,
): void {
  if ('error' in evaluated) failStep(d, place, evaluated.error);
  else then(evaluated.value);
}

function setVariables(d: Decision, place: Place, value: Json): void {
  succeedStep(d, place, value, isJsonObject(value) ? { v: value } : {});
}

function beginTerminate(d: Decision, place: Place, work: WorkOf<'terminate'>): void {
  const { scope } = place;
  const output = work.output === null ? { value: null } : evaluate(d, scope, work.output);
  if ('error' in output) return failStep(d, place, output.error);
  const error = work.error === null ? { value: null } : evaluate(d, scope, work.error);
  if ('error' in error) return failStep(d, place, error.error);
  terminate(d, place, { status: work.status, output: output.value, error: error.value });
}

/** A try of an action or a function. `again`: the same try once more, after its process died. */
export function beginTry(d: Decision, scope: Scope, step: PlanStep, attempt: number, { again = false } = {}): void {
  const { work } = step;
  if (work.kind !== 'action' && work.kind !== 'function') return;
  const input = workInput(d, { scope, step }, work);
  if ('error' in input) return failStep(d, { scope, step }, input.error);
  if (!again) {
    const recordInput = work.recordInput && attempt === 1;
    record(d, {
      e: 'begun',
      ...keyIn(scope, step),
      at: d.at,
      ...(attempt === 1 ? {} : { a: attempt }),
      ...(recordInput ? { in: input.value } : {}),
      ...(recordInput && input.marker !== undefined ? { mk: input.marker } : {}),
      ...(isTask(step) ? { tk: true } : {}),
    });
  }
  d.effects.push(tryEffect(d, { scope, step }, attempt, input));
}

function isTask({ work }: PlanStep): boolean {
  return work.kind === 'action' && work.byWorker;
}

function tryEffect(d: Decision, { scope, step }: Place, attempt: number, { value, marker }: WorkInput): Effect {
  const { work } = step;
  const path = pathOf(d.plan, step, scope);
  // The round rises with each `goto` that begins the step again, the generation with each retry by a person.
  const idempotencyKey = `${d.context.rootId}/${d.context.callPath}${path}/${roundOf(scope, step)}/${d.context.generation}`;
  const common = { key: keyIn(scope, step), path, attempt, type: step.type, input: value, idempotencyKey } as const;
  const timeoutMs = tryTimeoutMs(step);
  if (work.kind === 'action' && work.byWorker)
    return { ...common, kind: 'offer_task', timeoutMs, delivery: work.delivery, at: d.at };
  return {
    ...common,
    kind: 'attempt',
    ...(marker === undefined ? {} : { marker }),
    timeoutMs,
    free: work.kind === 'function',
    recordFirst: work.kind === 'action' && work.delivery === 'at_most_once',
    ...(work.kind === 'function' ? { code: work.code, memoryMb: work.memoryMb } : {}),
  };
}

/** How long one try of the step may take. */
export function tryTimeoutMs({ work, timeoutMs }: PlanStep): number {
  if (work.kind === 'function') return Math.min(work.timeoutMs, timeoutMs ?? work.timeoutMs);
  return timeoutMs ?? DEFAULT_TIMEOUT_MS;
}

/** Of an attempt whose action and definition name none. */
const DEFAULT_TIMEOUT_MS = 60_000;
