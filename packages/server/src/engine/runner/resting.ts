/** When an execution need not be in memory, and which of its timers need nobody's attention. */
import type { RunState, Timer } from '@cloudflow/core/run/state.ts';
import { isExecuting } from '@cloudflow/core/run/wait-reason.ts';
import type { LiveExecution } from './live.ts';

/** An execution that has written what it decided, and waits longer than this, is a row and not memory. */
const SOON_MS = 2_000;

/** What only waits, and not for soon, needs no memory: its timer or an inbox row names it when it is time. */
export function canRest(live: LiveExecution, now: number): boolean {
  const { state, decided, attempts, inFlight, start } = live;
  if (inFlight || start !== null || attempts.size > 0 || isExecuting(state) || state.backlog.length > 0) return false;
  if (decided.events.length > 0 || decided.effects.length > 0 || decided.consumed.length > 0) return false;
  for (const timer of state.timers.values())
    if (timer.due <= now + SOON_MS && !isAsleep(state, timer, now)) return false;
  return true;
}

/** Due during a pause: it moves nothing, and the end of the pause finds it by itself. */
export function isAsleep({ paused }: RunState, { kind, due }: Timer, now: number): boolean {
  return paused && kind === 'step' && due <= now;
}
