/** One call of `decide` at work: what it may read, what it has decided so far, and which steps are still to be looked at. */
import type { Plan, PlanStep } from '../definition/plan.ts';
import { apply } from './apply.ts';
import type { Effect, Entropy, RunContext } from './contract.ts';
import type { RunEvent, RunKey } from './event.ts';
import type { RunState, Scope, Task, TaskName } from './state.ts';

export type Decision = {
  readonly plan: Plan;
  readonly state: RunState;
  readonly context: RunContext;
  readonly entropy: Entropy;
  /** When the input happened, in milliseconds since the epoch: the only time there is. */
  readonly at: number;
  readonly events: RunEvent[];
  readonly effects: Effect[];
  /** What is still to be looked at. A list and not recursion: a chain may be 5,000 steps long. */
  readonly tasks: Task[];
  /** The try whose end is what is decided on. */
  reported: TaskName | null;
  /** What its expressions have cost so far, in comprehension steps. */
  spent: number;
  /** What is left is another turn's. */
  yields: boolean;
};

export type Place = { readonly scope: Scope; readonly step: PlanStep };

/** Records an event: what is decided next already sees it. */
export function record(d: Decision, event: RunEvent): void {
  d.events.push(event);
  apply(d.plan, d.state, event);
}

/**
 * Tasks that are not wanted any more, as effects. Not the one whose end was just reported: whoever told of it has seen to its
 * row.
 */
export function taskEffects(d: Decision): void {
  const { tasksOver } = d.state;
  if (tasksOver.length === 0) return;
  for (const { key, attempt } of tasksOver) {
    const isReported = d.reported !== null && d.reported.attempt === attempt && isSameRun(d.reported.key, key);
    if (!isReported) d.effects.push({ kind: 'withdraw_task', key, attempt, how: 'end' });
  }
  tasksOver.length = 0;
}

function isSameRun(a: RunKey, b: RunKey): boolean {
  return a.s === b.s && (a.p ?? '') === (b.p ?? '') && (a.r ?? 0) === (b.r ?? 0);
}

/** What gates are to hear, as effects. */
export function gateEffects(d: Decision): void {
  const { gateChanges } = d.state;
  if (gateChanges.length === 0) return;
  d.effects.push(...gateChanges);
  gateChanges.length = 0;
}

/** The timers that were set and dropped by the recorded events, as effects. One that came and went is neither. */
export function timerEffects(d: Decision): void {
  const { armed, dropped } = d.state.timerChanges;
  if (armed.length === 0 && dropped.length === 0) return;
  const gone = new Set(dropped);
  const isNew = new Set(armed.map(({ timer }) => timer));
  for (const { timer, due } of armed) if (!gone.has(timer)) d.effects.push({ kind: 'arm', timer, due });
  for (const timer of dropped) if (!isNew.has(timer)) d.effects.push({ kind: 'disarm', timer });
  armed.length = 0;
  dropped.length = 0;
}
