/** Why an execution does not move: set when nothing is executing, for people, lists and recovery. */
import { isAsking, isTrying, type RunState, type Scope } from './state.ts';

/** A closed list: each has its number in the tables and its explanation (`explain`). */
export const waitReasons = [
  'queue',
  'concurrency',
  'delay',
  'retry_backoff',
  'signal',
  'approval',
  'child',
  'lock',
  'paused',
  'rate_limit',
  'worker',
] as const;
export type WaitReason = (typeof waitReasons)[number];

/**
 * Null while something executes or is still to be followed up, and when the execution has ended. Of several waits, that for a
 * signal, else the one that ends first; a lock, a child or a worker, of which nobody knows when it ends or comes, is last.
 */
export function waitReason(state: RunState): WaitReason | null {
  if (state.status === 'PENDING' && state.paused) return 'paused';
  if (state.status === 'PENDING') return state.slot === null ? null : 'concurrency';
  if (state.status !== 'RUNNING') return null;
  if (state.paused) return isExecuting(state) ? null : 'paused';
  if (state.backlog.length > 0 || isExecuting(state)) return null;
  return reasonToWait(state);
}

/** False when no event can come any more but from a person: nothing executes, and nothing is waited for. */
export function isMoving(state: RunState): boolean {
  return isExecuting(state) || reasonToWait(state) !== null;
}

/** What a step that is under way waits for. A step at its milestone waits for no more than the others do. */
function reasonToWait(state: RunState): WaitReason | null {
  if (state.signals.waiting.size > 0) return 'signal';
  let first: { due: number; reason: WaitReason } | null = null;
  for (const timer of state.timers.values()) {
    if (timer.kind !== 'step' || timer.run.waiting === null) continue;
    if (first === null || timer.due < first.due) first = { due: timer.due, reason: timer.run.waiting };
  }
  if (first !== null) return first.reason;
  if (waitsForLock(state)) return 'lock';
  return state.children.size > 0 ? 'child' : waitsForWorker(state) ? 'worker' : null;
}

/** True when a task of it is nobody's yet. */
export function waitsForWorker({ tasks }: RunState): boolean {
  for (const run of tasks.keys()) if (run.waiting === 'worker') return true;
  return false;
}

/** For one that somebody else holds: where a step of this execution does, that runs, waits for something itself, or is held. */
function waitsForLock({ locking }: RunState): boolean {
  if (locking.size === 0) return false;
  const own = new Set<string>();
  for (const { lock } of locking) if (lock?.held) own.add(`${lock.scope} ${lock.key}`);
  for (const { lock } of locking) {
    if (lock === null || lock.held || lock.scope === 'execution') continue;
    if (!own.has(`${lock.scope} ${lock.key}`)) return true;
  }
  return false;
}

/** True while a try is under way anywhere in the execution, or a child is being called. */
export function isExecuting(state: RunState): boolean {
  for (const scope of state.scopes.values()) if (!scope.closed && anyExecuting(scope, state.paused)) return true;
  return false;
}

function anyExecuting(scope: Scope, isPaused: boolean): boolean {
  for (const run of scope.runs.values()) if (isTrying(run) || (!isPaused && isAsking(run))) return true;
  return false;
}
