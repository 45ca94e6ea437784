/** What the journal says of the executions that this one started: children that a step waits for, and items that nothing does. */
import type { Plan } from '../definition/plan.ts';
import type { RunEvent } from './event.ts';
import { findRun, type RunState } from './state.ts';

type EventOf<K extends RunEvent['e']> = Extract<RunEvent, { e: K }>;

export function startedOthers(plan: Plan, state: RunState, event: EventOf<'called' | 'detached'>): void {
  if (event.e === 'called') called(plan, state, event);
  else detached(plan, state, event);
}

function called(plan: Plan, state: RunState, event: EventOf<'called'>): void {
  const run = findRun(plan, state, event);
  if (run === undefined) return;
  run.child = { id: event.id, recalled: null };
  const { work } = run.step;
  if (work.kind !== 'sub_workflow' || !work.wait) return;
  run.waiting = 'child';
  state.children.set(event.id, run);
}

function detached(plan: Plan, state: RunState, event: EventOf<'detached'>): void {
  const run = findRun(plan, state, event);
  if (run === undefined) return;
  run.detached ??= [];
  for (const id of event.ids) run.detached.push(id);
}
