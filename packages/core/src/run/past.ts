/** An execution that has ended, as a retry looks at it: its last state, and which runs a stop ended rather than they themselves. */
import type { Plan } from '../definition/plan.ts';
import { apply } from './apply.ts';
import type { RunContext } from './contract.ts';
import type { RunEvent } from './event.ts';
import { createState, findRun, type RunState, type Scope, type StepRun } from './state.ts';

export type Past = {
  readonly plan: Plan;
  readonly context: RunContext;
  /** Its journal, with what it had adopted itself in place. */
  readonly events: readonly RunEvent[];
  readonly state: RunState;
  /** Runs that ended while a block around them stopped, or after the execution was terminated. */
  readonly stopped: ReadonlySet<StepRun>;
  /** Blocks that undid a step: the outermost block around it that was stopping then. */
  readonly undoing: ReadonlyMap<Scope, Scope>;
};

export function pastOf(plan: Plan, journal: Iterable<RunEvent>, context: RunContext): Past {
  const state = createState(plan);
  const events: RunEvent[] = [];
  const stopped = new Set<StepRun>();
  const undoing = new Map<Scope, Scope>();
  let terminated = false;
  for (const event of unpacked(journal)) {
    events.push(event);
    apply(plan, state, event);
    if (!('s' in event) || event.s === undefined) continue;
    const run = findRun(plan, state, { ...event, s: event.s });
    if (run === undefined) continue;
    if (event.e === 'succeeded' && run.step.work.kind === 'terminate') terminated = true;
    const stopping = outermostStopping(run.scope);
    if (isOutcome(event) && (terminated || stopping !== null)) stopped.add(run);
    const opened = event.e === 'opened' && event.b === 'compensate' ? run.inner.at(-1) : undefined;
    if (opened !== undefined && stopping !== null) undoing.set(opened, stopping);
  }
  return { plan, context, events, state, stopped, undoing };
}

function* unpacked(journal: Iterable<RunEvent>): Generator<RunEvent> {
  for (const event of journal) {
    if (event.e === 'adopted') yield* event.ev;
    else yield event;
  }
}

function isOutcome({ e }: RunEvent): boolean {
  return e === 'succeeded' || e === 'failed' || e === 'skipped';
}

function outermostStopping(from: Scope): Scope | null {
  let found: Scope | null = null;
  for (let each: Scope | null = from; each !== null; each = each.parent) if (each.stopping !== null) found = each;
  return found;
}
