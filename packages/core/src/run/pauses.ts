/** Pauses: of one execution, of all of its workflow, of all of its tenant. Nothing begins while one of them lasts. */
import type { RunInput } from './contract.ts';
import { type Decision, record } from './decision.ts';
import type { PauseScope } from './event.ts';
import { takeBackTasks } from './tasks.ts';

type Pause = Extract<RunInput, { kind: 'pause' }>;

export function pause(d: Decision, { scope, reason, by }: Pause): void {
  if (isPausedBy(d, scope)) return;
  // Whoever was told to end does so: a workflow is paused so that nothing new is done, not so that nothing ends.
  if (scope !== 'execution' && d.state.stop?.to === 'CANCELLED') return;
  const wasPaused = d.state.paused;
  record(d, { e: 'paused', at: d.at, ...scopeField(scope), ...whyFields({ reason, by }) });
  if (!wasPaused) takeBackTasks(d);
}

export function isPausedBy(d: Decision, scope: PauseScope): boolean {
  return d.state.pauses.some((each) => each.scope === scope);
}

export function scopeField(scope: PauseScope): { readonly sc?: 'workflow' | 'tenant' } {
  return scope === 'execution' ? {} : { sc: scope };
}

/** Why something was asked for, and by whom, as far as that was said. */
export function whyFields({ reason, by }: { readonly reason?: string | undefined; readonly by?: string | undefined }) {
  return { ...(reason === undefined ? {} : { reason }), ...(by === undefined ? {} : { by }) };
}
