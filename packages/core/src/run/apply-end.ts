/** How `apply` ends runs and blocks, and what goes with them: waits and timers. */
import { leaveLock } from './held-places.ts';
import { isComplete, isFinal, isParked, keyOf, type RunState, type Scope, type StepRun, type Timer } from './state.ts';

export function end(
  state: RunState,
  run: StepRun | undefined,
  status: 'SUCCESS' | 'FAILED' | 'SKIPPED',
  at: number,
  outcome: (run: StepRun) => void,
): void {
  if (run === undefined || isFinal(run.status)) return; // an outcome is recorded once
  stopWaiting(state, run);
  leaveLock(state, run);
  run.status = status;
  run.endedAt = at;
  outcome(run);
  run.scope.remaining -= 1;
  noteEnd(state, run, at);
  for (const scope of run.inner) {
    if (scope.closed) continue;
    if (status === 'SUCCESS' && scope.stopping === null && runsOn(run) && !isParked(scope)) linger(scope, run.scope);
    else close(state, scope);
  }
  if (isComplete(run.scope) && run.scope.stopping === null && !failsBlock(run)) close(state, run.scope);
}

export function noteEnd({ ended }: RunState, run: StepRun, at: number): void {
  ended.count += 1;
  ended.lastAt = at;
  run.endOrder = ended.count;
  if (run.step.compensation !== null) ended.undoable.push(run);
}

function failsBlock({ status, step: { onError } }: StepRun): boolean {
  return status === 'FAILED' && (onError.kind === 'fail' || onError.kind === 'handler');
}

/** True of steps whose open blocks need not stop when they succeed. */
function runsOn({ step: { work } }: StepRun): boolean {
  if (work.kind === 'parallel') return work.join.kind === 'count' && !work.join.cancelRemaining;
  return work.kind === 'for_each' && work.remaining === 'ignore';
}

function linger(scope: Scope, around: Scope): void {
  scope.lingers = true;
  around.lingering += 1;
}

export function close(state: RunState, scope: Scope): void {
  if (scope.closed) return;
  scope.closed = true;
  if (scope.graceTimer !== null) drop(state, scope.graceTimer);
  if (scope.lingering > 0) closeLingering(state, scope);
  const { owner } = scope;
  if (owner === null) return;
  if (scope.index !== null) owner.items[scope.failed ? 'failed' : 'succeeded'] += 1;
  if (!scope.lingers) return;
  scope.lingers = false;
  owner.scope.lingering -= 1;
  if (isComplete(owner.scope) && owner.scope.stopping === null) close(state, owner.scope);
}

/** A block that is taken out of the execution takes the branches with it that nothing in it waited for. */
function closeLingering(state: RunState, { runs }: Scope): void {
  for (const run of runs.values()) for (const inner of run.inner) if (inner.lingers) close(state, inner);
}

export function arm(state: RunState, timer: Timer): number {
  const id = state.nextTimer;
  state.nextTimer += 1;
  state.timers.set(id, timer);
  state.timerChanges.armed.push({ timer: id, due: timer.due });
  return id;
}

export function stopWaiting(state: RunState, run: StepRun): void {
  if (run.timer !== null) drop(state, run.timer);
  run.timer = null;
  run.waiting = null;
  if (run.child !== null) state.children.delete(run.child.id);
  state.signals.waiting.delete(run);
  state.held.delete(run);
  taskOver(state, run);
}

/** The try is a task no more: whoever has it, or would take it, need not any more. */
export function taskOver(state: RunState, run: StepRun): void {
  if (state.tasks.delete(run)) state.tasksOver.push({ key: keyOf(run), attempt: run.attempt });
}

export function drop(state: RunState, id: number): void {
  if (state.timers.delete(id)) state.timerChanges.dropped.push(id);
}
