/** Places under `concurrency` and locks, as the journal tells of them: changed by `apply` alone. */
import type { GateName } from './contract.ts';
import { type HeldLock, keyOf, type RunState, type StepRun } from './state.ts';

export function askForSlot(state: RunState, key: string, at: number): void {
  state.slot = { key };
  state.gateChanges.push({ kind: 'ask', gate: { of: 'concurrency', key }, at });
}

export function askForLock(state: RunState, run: StepRun | undefined, key: string, at: number): void {
  const lock = run?.step.lock;
  if (run === undefined || !lock || run.lock !== null) return;
  run.lock = { key, scope: lock.scope, held: false };
  state.locking.add(run);
  const gate = gateOf(run.lock);
  if (gate !== null) state.gateChanges.push({ kind: 'ask', gate, key: keyOf(run), at });
}

export function holdLock(state: RunState, run: StepRun | undefined, key: string | undefined): void {
  const lock = run?.step.lock;
  if (run === undefined || !lock) return;
  if (run.lock === null && key !== undefined) run.lock = { key, scope: lock.scope, held: true };
  else if (run.lock !== null) run.lock.held = true;
  state.locking.add(run);
}

/** At the final outcome of its step, whichever way that came about. */
export function leaveLock(state: RunState, run: StepRun): void {
  if (!state.locking.delete(run) || run.lock === null) return;
  const gate = gateOf(run.lock);
  if (gate !== null) state.gateChanges.push({ kind: 'leave', gate, key: keyOf(run) });
}

/** Nothing is held beyond the end of the execution. */
export function leaveAll(state: RunState): void {
  for (const run of [...state.locking]) leaveLock(state, run);
  if (state.slot !== null) {
    state.gateChanges.push({ kind: 'leave', gate: { of: 'concurrency', key: state.slot.key } });
  }
}

/** Null for a lock that the steps of one execution share: whoever decides sees all of them. */
function gateOf({ scope, key }: HeldLock): GateName | null {
  return scope === 'execution' ? null : { of: scope, key };
}
