/** What waits to be let pass: the execution under its `concurrency`, steps behind their locks. */
import type { Concurrency } from '../definition/plan.ts';
import type { Json } from '../json.ts';
import { heldByCallers } from './callers.ts';
import { type Decision, type Place, record } from './decision.ts';
import type { RunKey, StepError } from './event.ts';
import { keyIn } from './scope.ts';
import { evaluate } from './scope-values.ts';
import { failStep } from './settle.ts';
import { findRun, keyOf, type RunState, type StepRun } from './state.ts';

/** The key is evaluated once, and recorded: whoever lets the place go names the same gate. */
export function askToStart(d: Decision, { key, limit, strategy }: Concurrency): void {
  const asked = key === null ? { value: null } : evaluate(d, d.state.top, key);
  if ('error' in asked) return endUnstarted(d, 'FAILED', asked.error);
  const name = { of: 'concurrency', key: keyText(asked.value) } as const;
  // Who is turned away does not wait; who replaces those before it would end its own callers, and itself with them.
  const waits = strategy === 'queue' || strategy === 'cancel_running';
  const error = waits ? heldByCallers(d, name, limit) : null;
  if (error !== null) return endUnstarted(d, 'FAILED', error);
  record(d, { e: 'asked', at: d.at, k: name.key });
}

export function turnedAway(d: Decision, code: 'concurrency_rejected' | 'concurrency_skipped'): void {
  if (d.state.status !== 'PENDING') return;
  const message = 'As many executions as the concurrency limit allows were under way.';
  endUnstarted(d, 'CANCELLED', { code, message });
}

export function cancelUnstarted(d: Decision, error: StepError): void {
  endUnstarted(d, 'CANCELLED', error);
}

/** It has not begun: there is nothing to undo, and `on_failure` and `on_cancel` are not for it. */
function endUnstarted(d: Decision, status: 'FAILED' | 'CANCELLED', error: StepError): void {
  record(d, { e: 'ended', at: d.at, st: status, err: error });
  d.effects.push({ kind: 'end', status, output: null, error });
}

/** Begins the step when it holds its lock; else it waits, QUEUED. */
export function behindLock(d: Decision, place: Place, work: (d: Decision, place: Place) => void): void {
  const { scope, step } = place;
  if (step.lock === null) return work(d, place);
  const asked = evaluate(d, scope, step.lock.key);
  if ('error' in asked) return failStep(d, place, asked.error);
  const what = { ...keyIn(scope, step), at: d.at, k: keyText(asked.value) };
  const error = step.lock.scope === 'execution' ? null : heldByCallers(d, { of: step.lock.scope, key: what.k }, 1);
  if (error !== null) return failStep(d, place, error);
  const isFree = step.lock.scope === 'execution' && !isHeld(d.state, what.k);
  record(d, { e: isFree ? 'locked' : 'locking', ...what });
  if (isFree) work(d, place);
}

/** It waited for its lock, and has it. */
export function mayBegin({ status, lock }: StepRun): boolean {
  return status === 'QUEUED' && lock !== null && lock.held;
}

/** An answer of a gate. It may come twice, or to a step that has been withdrawn meanwhile, which has left the gate too. */
export function lockGranted(d: Decision, key: RunKey): void {
  const run = findRun(d.plan, d.state, key);
  if (run === undefined || run.status !== 'QUEUED' || run.lock === null || run.lock.held) return;
  take(d, run);
}

/** Locks that the steps of this execution share go to whoever has waited longest. True when that leads to more. */
export function passOnLocks(d: Decision): boolean {
  if (d.state.locking.size === 0 || d.state.paused) return false;
  const before = d.tasks.length;
  const taken = new Set<string>();
  const waiting: StepRun[] = [];
  for (const run of d.state.locking) {
    if (run.lock?.scope !== 'execution') continue;
    if (run.lock.held) taken.add(run.lock.key);
    else waiting.push(run);
  }
  for (const run of waiting) {
    if (run.lock === null || taken.has(run.lock.key)) continue;
    taken.add(run.lock.key);
    take(d, run);
  }
  return d.tasks.length > before;
}

function take(d: Decision, run: StepRun): void {
  record(d, { e: 'locked', ...keyOf(run), at: d.at });
  d.tasks.push({ kind: 'begin', scope: run.scope, step: run.step });
}

function isHeld({ locking }: RunState, key: string): boolean {
  for (const { lock } of locking) if (lock?.scope === 'execution' && lock.key === key) return true;
  return false;
}

/** Equal values are one key; the number 1 and the text "1" are two. */
function keyText(value: Json): string {
  return JSON.stringify(value);
}
