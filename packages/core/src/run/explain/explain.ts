/**
 * Says why an execution does not move, from its journal alone: in words, since when, until when, and what would unblock it.
 * Reads a state that was rebuilt for this; the process that drives the execution is not asked.
 */
import type { Plan } from '../../definition/plan.ts';
import type { JsonObject } from '../../json.ts';
import { tryTimeoutMs } from '../begin.ts';
import type { GateName } from '../contract.ts';
import { type HeldLock, isFinal, isTrying, keyOf, pathOf, type RunState, type StepRun } from '../state.ts';
import type { WaitReason } from '../wait-reason.ts';
import type { Executing, Explanation, OutsideFacts, Wait } from './explanation.ts';
import { tellHeld } from './held.ts';
import { type Notes, runName } from './notes.ts';
import { explainers } from './reasons.ts';
import { clock, counted, quoted } from './words.ts';

export type Asked = {
  readonly plan: Plan;
  readonly state: RunState;
  readonly notes: Notes;
  /** What the server knows beside the journal. `queue` here says that nobody has come to it, or that nobody drives it. */
  readonly outside: OutsideFacts;
  /** Of gates (`gatesOf`), by `gateText`: who holds each, and where this execution stands. */
  readonly gates: ReadonlyMap<string, JsonObject>;
};

/** Waits and tries beyond these are counted, and not listed. */
const MOST_LISTED = 100;

export function explain(asked: Asked): Explanation {
  const { state } = asked;
  if (state.endedAt !== null) return { summary: endOf(asked), waits: [], executing: [], held: [] };
  const open = openRuns(state);
  const trying = open.filter(isTrying);
  const executing = trying.slice(0, MOST_LISTED).map((run) => tellTry(asked, run));
  const waits = [
    ...state.pauses.map((pause) => tell(asked, 'paused', { pause, since: pause.since })),
    ...beforeStart(asked),
    ...waitsForLocks(asked),
    ...open.slice(0, MOST_LISTED).flatMap((run) => (run.waiting === null ? [] : [tell(asked, run.waiting, { run })])),
  ];
  const held = [...state.held].slice(0, MOST_LISTED).map((run) => tellHeld(asked, run));
  const summary = summaryOf(asked, { waits, executing, more: trying.length - executing.length });
  return { summary, waits, executing, held };
}

function openRuns(state: RunState): readonly StepRun[] {
  const open: StepRun[] = [];
  for (const scope of state.scopes.values()) {
    if (scope.closed) continue;
    for (const run of scope.runs.values()) if (!isFinal(run.status)) open.push(run);
  }
  return open;
}

/** What has not begun, or nobody drives, waits for something that its journal does not tell of. */
function beforeStart(asked: Asked): readonly Wait[] {
  const { state, notes, outside } = asked;
  const queue = outside.queue === undefined ? [] : [tell(asked, 'queue', {})];
  if (state.status !== 'PENDING' || state.slot === null) return queue;
  const facts = { key: state.slot.key, ...asked.gates.get(gateText({ of: 'concurrency', key: state.slot.key })) };
  return [tell(asked, 'concurrency', { facts, ...(notes.asked !== null && { since: notes.asked }) })];
}

/** What holds a lock, or stands at a gate of its own execution, is told by the state; what others hold, by the server. */
function waitsForLocks(asked: Asked): readonly Wait[] {
  return lockWaits(asked.state).map((run) => {
    const { scope, key } = run.lock;
    const own = [...asked.state.locking].find(({ lock }) => lock?.held && lock.scope === scope && lock.key === key);
    const holder = own === undefined ? {} : { held_by: `step \`${pathOf(asked.plan, own.step, own.scope)}\`` };
    const told = scope === 'execution' ? holder : { ...holder, ...asked.gates.get(gateText({ of: scope, key })) };
    return tell(asked, 'lock', { run, facts: { scope, key, ...told } });
  });
}

type LockWait = StepRun & { readonly lock: HeldLock };

function lockWaits(state: RunState): readonly LockWait[] {
  const isWaiting = (run: StepRun): run is LockWait => run.lock !== null && !run.lock.held;
  return [...state.locking].filter(isWaiting).slice(0, MOST_LISTED);
}

/** The gates at which it stands, for the server to look at. */
export function gatesOf(state: RunState): readonly GateName[] {
  const slot: GateName[] =
    state.status === 'PENDING' && state.slot !== null ? [{ of: 'concurrency', key: state.slot.key }] : [];
  const locks = lockWaits(state).flatMap(({ lock: { scope: of, key } }) => (of === 'execution' ? [] : [{ of, key }]));
  return [...slot, ...locks];
}

export function gateText({ of, key }: GateName): string {
  return `${of} ${key}`;
}

type Of = {
  readonly run?: StepRun;
  readonly pause?: RunState['pauses'][number];
  readonly since?: number;
  readonly facts?: JsonObject;
};

function tell(asked: Asked, reason: WaitReason, { run, pause, since, facts: own }: Of): Wait {
  const { plan, state, notes, outside } = asked;
  const path = run === undefined ? null : pathOf(plan, run.step, run.scope);
  const until = run?.timer == null ? null : (state.timers.get(run.timer)?.due ?? null);
  const facts = { ...outside[reason], ...own };
  const about = { plan, state, notes, run: run ?? null, path, pause: pause ?? null, until, facts };
  const began = run === undefined ? null : (notes.since.get(runName(keyOf(run))) ?? run.startedAt);
  return { reason, path, since: since ?? began, until, ...explainers[reason](about) };
}

function tellTry({ plan, notes }: Asked, run: StepRun): Executing {
  const path = pathOf(plan, run.step, run.scope);
  const since = notes.since.get(runName(keyOf(run))) ?? run.startedAt;
  const until = since === null ? null : since + tryTimeoutMs(run.step);
  const worker = notes.workers.get(runName(keyOf(run)));
  const where = worker === undefined ? '' : ` at the worker \`${worker}\``;
  const text =
    `Try ${run.attempt} of step \`${path}\` is under way${where}` +
    (since === null ? '.' : ` since ${clock(since)}; its time is over at ${clock(until ?? since)}.`);
  return { path, attempt: run.attempt, since, until, text };
}

type Found = { readonly waits: readonly Wait[]; readonly executing: readonly Executing[]; readonly more: number };

function summaryOf({ state, notes }: Asked, { waits, executing, more }: Found): string {
  const doing = counted(executing.map(({ path }) => `\`${path}\``).slice(0, 5), 'and');
  const rest = executing.length > 5 || more > 0 ? ` (${executing.length + more} in all)` : '';
  const first = waits[0];
  const what =
    executing.length > 0
      ? `It runs ${doing}${rest}.`
      : first !== undefined
        ? `${first.text}${waits.length > 1 ? ` It waits for ${waits.length} things in all.` : ''}`
        : `It is moving: the last event was at ${clock(state.lastAt)}.`;
  return [phaseOf(state, notes), what, limitOf(state)].filter((part) => part !== '').join(' ');
}

function phaseOf({ phase, stop }: RunState, { cancelled }: Notes): string {
  if (phase === null || stop === null) return '';
  const by = cancelled?.by == null ? '' : ` by ${cancelled.by}`;
  const why =
    cancelled !== null
      ? `it was cancelled${by} at ${clock(cancelled.at)}`
      : stop.error === null
        ? 'it was told to end'
        : `${stop.error.step === undefined ? 'it' : `step \`${stop.error.step}\``} failed with ${stop.error.code} (${quoted(stop.error.message)})`;
  const doing = {
    stopping: 'What runs is being stopped',
    compensating: 'What was done is being undone',
    on_failure: 'The steps of on_failure run',
    on_cancel: 'The steps of on_cancel run',
  }[phase];
  return `It will end as ${stop.to}: ${why}. ${doing}.`;
}

function limitOf({ timers }: RunState): string {
  for (const timer of timers.values())
    if (timer.kind === 'execution_timeout') return `Its own time is over at ${clock(timer.due)}.`;
  return '';
}

function endOf({ state, notes }: Asked): string {
  const at = state.endedAt === null ? '' : ` at ${clock(state.endedAt)}`;
  const by = notes.cancelled?.by == null ? '' : ` by ${notes.cancelled.by}`;
  switch (state.status) {
    case 'COMPLETED':
      return `It ended as COMPLETED${at}.`;
    case 'CANCELLED':
      return `It was cancelled${by}, and ended${at}${notes.cancelled?.reason ? `: ${quoted(notes.cancelled.reason)}` : ''}.`;
    default: {
      const { error } = state;
      const where = error?.step === undefined ? '' : ` in step \`${error.step}\``;
      return `It ended as ${state.status}${at}${error === null ? '' : ` because of ${error.code}${where}: ${quoted(error.message)}`}.`;
    }
  }
}
