/** What an administrator does to a running execution: passes a step over, ends it with an output, sets variables. Who and why is recorded with it. */
import type { RunInput } from './contract.ts';
import { type Decision, record } from './decision.ts';
import { isFinal, keyOf, pathOf, type StepRun } from './state.ts';
import { abandon, stepEnded, withdraw } from './stop.ts';

type Intervention = Extract<RunInput, { kind: 'intervene' }>;

export function intervene(d: Decision, { by, reason, deed }: Intervention): void {
  if (d.state.status !== 'RUNNING') return;
  const told = { e: 'intervened', at: d.at, by, why: reason } as const;
  if (deed.do === 'set') return record(d, { ...told, do: 'set', v: deed.values });
  const run = openRun(d, deed.path);
  if (run === undefined) return; // it has ended meanwhile: its own outcome stands
  record(d, { ...told, do: deed.do, ...keyOf(run) });
  if (deed.do === 'skip') return withdraw(d, run.scope, run.step);
  abandon(d, run);
  record(d, { e: 'succeeded', ...keyOf(run), at: d.at, ...(deed.output === null ? {} : { o: deed.output }) });
  stepEnded(d, run.scope, run.step);
}

/** The run that a path names as `/steps` shows it, while it has not ended. */
function openRun({ plan, state }: Decision, path: string): StepRun | undefined {
  for (const scope of state.scopes.values()) {
    if (!path.startsWith(scope.path)) continue;
    for (const run of scope.runs.values())
      if (!isFinal(run.status) && pathOf(plan, run.step, scope) === path) return run;
  }
  return undefined;
}
