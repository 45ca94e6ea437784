/**
 * A retry by a person begins with what was: the events of the ended execution that are not to happen again, as one event of
 * the new journal. They are taken as they stand, and not made anew from the state, so that whatever an event says is kept.
 */
import type { Plan } from '../definition/plan.ts';
import type { Json } from '../json.ts';
import { scopePath } from './apply.ts';
import type { Adoption } from './contract.ts';
import type { RunEvent, RunKey } from './event.ts';
import { corresponds, type Kept, keep } from './keep.ts';
import type { Past } from './past.ts';
import { itemsOf } from './scope-values.ts';
import { findRun, pathOf, type Scope, type StepRun } from './state.ts';

export type Retry = {
  /** The version that the retry runs. */
  readonly target: Plan;
  /** `failed`, the id of a step, or the path of one run of it. */
  readonly from: string;
  /** When it begins, in milliseconds since the epoch: blocks that go on have their time from then. */
  readonly at: number;
};

export type Adopted = {
  readonly adoption: Adoption;
  /** Paths of steps that it adopts and that were undone when the execution ended. */
  readonly undone: readonly string[];
  /** False when `from` names no step that the execution can be begun again at. */
  readonly found: boolean;
};

export function adopt(past: Past, retry: Retry): Adopted {
  const kept = keep(past, retry.target, retry.from);
  const adopting: Adopting = { past, retry, kept, anew: takenAnew(past, kept), begun: new Set(), opened: new Set() };
  const events = past.events.flatMap((event) => taken(adopting, event) ?? []);
  return {
    adoption: { of: past.context.executionId, events },
    undone: kept.undone.map((run) => pathOf(past.plan, run.step, run.scope)),
    found: kept.found,
  };
}

type Adopting = {
  readonly past: Past;
  readonly retry: Retry;
  readonly kept: Kept;
  /** The steps that run again and had taken a signal, by its number. */
  readonly anew: ReadonlyMap<number, StepRun>;
  /** Runs kept in part whose beginning has been taken. */
  readonly begun: Set<StepRun>;
  readonly opened: Set<Scope>;
};

/** The steps that took signals and run again. What one waited for is gone; items that signals added come again. */
function takenAnew(past: Past, kept: Kept): ReadonlyMap<number, StepRun> {
  const taken = new Map<number, StepRun>();
  for (const event of past.events) {
    if (!('g' in event) || event.g === undefined || !('s' in event) || event.s === undefined) continue;
    const run = findRun(past.plan, past.state, { ...event, s: event.s });
    if (run !== undefined && !kept.runs.has(run)) taken.set(event.g, run);
  }
  return taken;
}

/** The event as the retry has it; undefined when it has not. */
function taken(adopting: Adopting, event: RunEvent): RunEvent | undefined {
  switch (event.e) {
    case 'opened':
      return takenBlock(adopting, event);
    case 'signalled':
      return takenSignal(adopting, event);
    case 'intervened':
      return event.s === undefined || isWholeRun(adopting, { ...event, s: event.s }) ? event : undefined;
    case 'locking':
    case 'locked':
      return undefined; // the lock was the other execution's, and is free
    case 'stopping':
      return takenStop(adopting, event);
    case 'item_failed':
      return isWhole(adopting, blockPath(adopting, event, event.i)) ? event : undefined;
    case 'compensation_failed':
      return isWhole(adopting, blockPath(adopting, event, 'compensate')) ? event : undefined;
    default:
      return 's' in event ? takenStep(adopting, event) : undefined;
  }
}

type StepEvent = Extract<RunEvent, RunKey>;
type EventOf<K extends RunEvent['e']> = Extract<RunEvent, { e: K }>;

function takenStep(adopting: Adopting, event: StepEvent): RunEvent | undefined {
  const { past, retry, kept, begun } = adopting;
  const run = findRun(past.plan, past.state, event);
  const how = run === undefined ? undefined : kept.runs.get(run);
  if (run === undefined || how === undefined || !corresponds(past.plan, retry.target, run.step)) return undefined;
  if (how === 'whole') return event;
  if (event.e === 'taken' || event.e === 'detached') return event;
  if (event.e !== 'begun' || begun.has(run)) return undefined;
  begun.add(run);
  const { until: _until, ...rest } = event;
  const timed = { ...rest, at: retry.at, ...untilFrom(adopting, run) };
  return run.step.work.kind === 'for_each' ? { ...timed, in: itemsAtFirst(past, run) } : timed;
}

/** The items are those that it had, also where what they were made of is another now; signals that added some follow. */
function itemsAtFirst(past: Past, run: StepRun): readonly Json[] {
  const items = itemsOf(asDecision(past), run);
  return items.slice(0, items.length - run.added.items.length);
}

function asDecision({ plan, state, context }: Past) {
  const none = () => {
    throw new Error('what chance decided is in the journal');
  };
  const entropy = { uuid: none, random: none, executionId: none };
  return {
    plan,
    state,
    context,
    entropy,
    at: state.lastAt,
    events: [],
    effects: [],
    tasks: [],
    reported: null,
    spent: 0,
    yields: false,
  };
}

/** A block that goes on has its whole time again. */
function untilFrom({ retry }: Adopting, run: StepRun): { readonly until?: number } {
  const step = retry.target.steps[retry.target.stepIndex.get(run.step.id) ?? -1];
  return step?.timeoutMs == null || step.work.kind === 'wait_any' ? {} : { until: retry.at + step.timeoutMs };
}

function takenSignal({ anew }: Adopting, event: EventOf<'signalled'>): RunEvent | undefined {
  const taker = anew.get(event.g);
  if (taker === undefined) return event;
  if (taker.step.work.kind !== 'for_each') return undefined;
  const { e, at, g, n, d } = event;
  return { e, at, g, n, ...(d === undefined ? {} : { d }) };
}

function takenBlock(adopting: Adopting, event: EventOf<'opened'>): RunEvent | undefined {
  const { past, retry, kept } = adopting;
  if (event.s === undefined) return undefined;
  const owner = findRun(past.plan, past.state, { ...event, s: event.s });
  if (owner === undefined) return undefined;
  const scope = past.state.scopes.get(scopePath(past.plan, owner, event.i ?? event.b));
  const how = scope === undefined ? undefined : kept.scopes.get(scope);
  if (scope === undefined || how === undefined || !corresponds(past.plan, retry.target, owner.step)) return undefined;
  if (adopting.opened.has(scope)) return undefined; // its turn came, in a retry that is retried
  adopting.opened.add(scope);
  const { h: _held, until: _until, ...rest } = event;
  if (how === 'whole' || kept.runs.get(owner) === 'whole') return rest;
  if (owner.step.work.kind === 'for_each') return how === 'ended' ? rest : { ...rest, h: true };
  const { timeoutMs } = owner.step;
  return owner.step.work.kind === 'wait_any' && timeoutMs !== null ? { ...rest, until: retry.at + timeoutMs } : rest;
}

/** Of a block that is kept as it was; what stopped with the execution goes on. */
function takenStop(adopting: Adopting, { until: _, ...event }: EventOf<'stopping'>): RunEvent | undefined {
  return event.p !== undefined && isWhole(adopting, event.p) ? event : undefined;
}

function isWholeRun({ past, kept }: Adopting, key: RunKey): boolean {
  const run = findRun(past.plan, past.state, key);
  return run !== undefined && kept.runs.get(run) === 'whole';
}

function isWhole({ past, kept }: Adopting, path: string): boolean {
  const scope = past.state.scopes.get(path);
  return scope !== undefined && kept.scopes.get(scope) === 'whole';
}

function blockPath({ past }: Adopting, key: RunKey, block: string | number): string {
  const run = findRun(past.plan, past.state, key);
  return run === undefined ? '' : scopePath(past.plan, run, block);
}
