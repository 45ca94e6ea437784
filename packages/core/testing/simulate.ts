/**
 * Runs a plan in virtual time: the rules alone, without database, clock or network. Tries are answered by the test; time
 * passes only from one due moment to the next.
 */
import type { Plan } from '../src/definition/plan.ts';
import type { Json, JsonObject } from '../src/json.ts';
import { apply } from '../src/run/apply.ts';
import type {
  Adoption,
  AttemptOutcome,
  ChildEnd,
  Deed,
  Effect,
  Resolution,
  RunContext,
  RunInput,
  RunsElsewhere,
} from '../src/run/contract.ts';
import { resume } from '../src/run/decide.ts';
import type { PauseScope, RunEvent, RunKey } from '../src/run/event.ts';
import { type SnapshotRecord, snapshotOf, stateFrom } from '../src/run/snapshot.ts';
import { createState, type RunState } from '../src/run/state.ts';
import { stepRows } from '../src/run/step-rows.ts';
import { createAgenda } from '../src/test-run/agenda.ts';
import { createVirtualExecution, type Outward, stopped } from '../src/test-run/virtual-execution.ts';
import { createVirtualGates } from '../src/test-run/virtual-gates.ts';

export type Try = Extract<Effect, { kind: 'attempt' }>;
/** How a try ends, and how many virtual milliseconds it takes. */
export type Answer = AttemptOutcome & { readonly after?: number };

export type Detached = Extract<Effect, { kind: 'start_item' }>;
export type Called = Extract<Effect, { kind: 'start_child' }>;
/** How a child ends, and how many virtual milliseconds it takes; undefined: only when it is cancelled. */
export type ChildAnswer = Pick<ChildEnd, 'status'> & Partial<ChildEnd> & { readonly after?: number };

export type Simulation = {
  readonly state: RunState;
  readonly events: readonly RunEvent[];
  /** Paths of the tries that were handed out, in order. */
  readonly tried: readonly Try[];
  /** The children that were started, and the ids of those that were told to cancel, in order. */
  readonly called: readonly Called[];
  readonly cancelled: readonly string[];
  /** The items that were started as executions of their own, in order. */
  readonly detached: readonly Detached[];
  /** The children whose end was told. */
  readonly ended: ReadonlySet<string>;
  readonly end: Extract<Effect, { kind: 'end' }> | undefined;
  /** Virtual milliseconds from the start to the end. */
  readonly took: number;
};

export type FromOutside =
  | 'cancel'
  | 'pause'
  | 'resume'
  | 'restart'
  | { readonly intervene: Deed }
  /** Another process goes on with the execution; tries that are under way stay where they are, and report. */
  | 'move'
  /** The same, and right after it the process in which they run dies. */
  | 'move_and_lose'
  | { readonly kind: 'pause' | 'resume'; readonly of: PauseScope }
  /** `receivedAt`, in virtual milliseconds after the start as well: it is heard later than that. */
  | { readonly signal: string; readonly payload?: Json; readonly receivedAt?: number };

export type SimulationOptions = {
  readonly input?: Json;
  readonly answer?: (attempt: Try) => Answer;
  /** The answer to what is to be started; without it a child of version 1.0.0. */
  readonly resolve?: (
    asked: Extract<Effect, { kind: 'resolve_child' }>,
  ) => Extract<Resolution, { error: unknown }> | null;
  readonly child?: (call: Called) => ChildAnswer | undefined;
  /** How deep the execution itself stands. */
  readonly depth?: number;
  /** Of an item that is an execution of its own: what was around it. */
  readonly outside?: JsonObject;
  /** Inputs from outside, at virtual milliseconds after the start. */
  readonly then?: readonly { readonly at: number; readonly input: FromOutside }[];
  /** Called when the process dies, with the state that it held and the one that the journal gives. */
  readonly onRestart?: (held: RunState, rebuilt: RunState) => void;
  /** Looks no further than this virtual moment after the start. */
  readonly until?: number;
  /** What a retry takes over. */
  readonly adopt?: Adoption;
  /** How many virtual milliseconds it takes to be heard: a try that is to stop, and who is asked what to start. */
  readonly late?: number;
  /** Tries do not hear that they are to stop. */
  readonly deaf?: boolean;
  /** As the engine does: what the rules need no more is left out of the state. */
  readonly forgets?: boolean;
  /** Its state goes through a snapshot after each input, and who takes it up begins with an older one. */
  readonly snapshots?: boolean;
};

type Move = 'restart' | 'move' | 'move_and_lose';

const START = Date.UTC(2026, 0, 1);
const MOST_STEPS = 100_000;
const someChild = { workflowId: 'w', versionId: 'v', version: '1.0.0' };
const COMMANDS: ReadonlySet<string> = new Set([
  'start',
  'cancel',
  'pause',
  'resume',
  'signal',
  'child_ended',
  'granted',
]);

export function simulate(
  plan: Plan,
  {
    input = {},
    answer = () => ({ output: null }),
    resolve = () => null,
    child = () => ({ status: 'COMPLETED' }),
    depth = 0,
    outside,
    then = [],
    deaf = false,
    forgets = false,
    adopt,
    snapshots = false,
    late = 1,
    onRestart,
    until = Number.POSITIVE_INFINITY,
  }: SimulationOptions = {},
): Simulation {
  const serial = counter();
  const { tried, called, cancelled, detached, ended } = emptyNotes();
  const agenda = createAgenda<RunInput | Move>();
  const gates = createVirtualGates((_, input) => agenda.add(input.at, input));
  const execution = createVirtualExecution({
    plan,
    context: { ...(outside === undefined ? contextOf(input) : contextInside(outside)), depth },
    entropy: { uuid: () => `uuid-${serial()}`, random: () => 0.5, executionId: () => `item-${serial()}` },
    forgets,
    later: agenda.add,
    // Its gates are its own: nobody else asks.
    atGate: (effect, now) => gates.hear(effect, { execution: 'x', plan }, now),
    outward,
  });
  const cache = snapshots ? createCache(plan, execution.state) : null;

  function outward(effect: Outward, now: number): void {
    switch (effect.kind) {
      case 'attempt': {
        tried.push(effect);
        const { after = 1, ...outcome } = answer(effect);
        return endTry(effect, now + after, outcome);
      }
      case 'abort':
        if (deaf) return;
        return endTry(effect, now + late, stopped);
      case 'resolve_child':
        return answerFor(effect, now);
      case 'start_child':
        return begin(effect, now);
      case 'start_item':
        return void detached.push(effect);
      case 'offer_task':
      case 'withdraw_task':
        return; // no worker asks for one
      case 'cancel_child':
        cancelled.push(effect.executionId);
        return tellEnd(effect.executionId, now + 3 * late, { status: 'CANCELLED' });
    }
  }

  function endTry({ key, attempt }: Pick<Try, 'key' | 'attempt'>, at: number, outcome: AttemptOutcome): void {
    agenda.add(at, { kind: 'attempt_ended', key, attempt, at, outcome });
  }

  function answerFor(asked: Extract<Effect, { kind: 'resolve_child' }>, now: number): void {
    const answer = resolve(asked) ?? { child: { ...someChild, executionId: `child-${serial()}` } };
    agenda.add(now + late, { kind: 'child_resolved', key: asked.key, at: now + late, answer });
  }

  function begin(call: Called, now: number): void {
    called.push(call);
    const given = call.awaited ? child(call) : undefined;
    if (given !== undefined) tellEnd(call.child.executionId, now + (given.after ?? 1), given);
  }

  /** Twice, as a message whose answer was lost is sent again. */
  function tellEnd(executionId: string, at: number, { status, output = null, error = null }: ChildAnswer): void {
    for (const again of [at, at + 2])
      agenda.add(again, { kind: 'child_ended', executionId, status, output, error, at: again });
  }

  /** The process dies: what was under way is gone, and the journal is read again. */
  function restart(now: number, how: Move): void {
    const running: RunInput[] = how === 'restart' ? [] : agenda.all().flatMap(tryEndOf);
    agenda.keep((each) => isMove(each) || COMMANDS.has(each.kind) || (how === 'move' && each.kind === 'attempt_ended'));
    const rebuilt = cache?.rebuild(execution.events) ?? rebuild(plan, execution.events, { forgets });
    onRestart?.(execution.state, rebuilt);
    execution.state = rebuilt;
    for (const [timer, { due }] of rebuilt.timers) agenda.add(due, { kind: 'timer', timer, at: due });
    const isRunning: RunsElsewhere = (key, attempt) => running.some((each) => isOfTry(each, key, attempt));
    settled(execution.take(resume(plan, rebuilt, now, execution, isRunning), now));
    if (how !== 'move_and_lose') return;
    for (const each of running)
      if (each.kind === 'attempt_ended')
        agenda.add(now, { kind: 'attempt_lost', key: each.key, attempt: each.attempt, at: now });
  }

  function settled(isWhole: boolean): void {
    if (execution.events.length > MOST_STEPS) throw new Error('the execution goes on for ever');
    if (isWhole && cache !== null) execution.state = cache.pass(execution.state, execution.events.length);
  }

  for (const { at, input: first } of firstInputs(adopt, then)) agenda.add(at, first);
  let now = START;
  for (let step = 0; execution.end === undefined; step += 1) {
    if (step > MOST_STEPS) throw new Error('the execution does not come to an end');
    const next = agenda.next();
    if (next === undefined || next.at > START + until) break;
    now = next.at;
    if (isMove(next.what)) restart(now, next.what);
    else {
      if (next.what.kind === 'child_ended') ended.add(next.what.executionId);
      settled(execution.hear(next.what, now));
    }
  }
  const { state, events, end } = execution;
  return { state, events, tried, called, cancelled, detached, ended, end, took: now - START };
}

function emptyNotes() {
  const [tried, called, cancelled, detached]: [Try[], Called[], string[], Detached[]] = [[], [], [], []];
  return { tried, called, cancelled, detached, ended: new Set<string>() };
}

function firstInputs(
  adopt: Adoption | undefined,
  then: NonNullable<SimulationOptions['then']>,
): readonly { readonly at: number; readonly input: RunInput | Move }[] {
  const start = { kind: 'start', at: START, ...(adopt === undefined ? {} : { adopt }) } as const;
  const others = then.map(({ at, input }) => ({ at: START + at, input: inputOf(input, START + at) }));
  return [{ at: START, input: start }, ...others];
}

function isMove(what: RunInput | FromOutside): what is Move {
  return what === 'restart' || what === 'move' || what === 'move_and_lose';
}

function tryEndOf(input: RunInput | Move): RunInput[] {
  return !isMove(input) && input.kind === 'attempt_ended' ? [input] : [];
}

function isOfTry(input: RunInput, key: RunKey, attempt: number): boolean {
  if (input.kind !== 'attempt_ended' || input.attempt !== attempt) return false;
  return input.key.s === key.s && (input.key.p ?? '') === (key.p ?? '') && (input.key.r ?? 0) === (key.r ?? 0);
}

/** The facts of an execution that was started with this input. */
export function contextOf(input: Json = {}): RunContext {
  const place = {
    executionId: 'x',
    rootId: 'x',
    tenantId: 't',
    generation: 0,
    depth: 0,
    callPath: '',
    heldByCallers: [],
  };
  return { ...place, input, trigger: {}, outside: null };
}

/** The facts of an item that is an execution of its own. */
export function contextInside(outside: JsonObject): RunContext {
  return { ...contextOf(outside['input'] ?? null), outside };
}

function inputOf(what: FromOutside, at: number): RunInput | Move {
  if (isMove(what)) return what;
  if (what === 'cancel') return { kind: what, at };
  if (what === 'pause' || what === 'resume') return { kind: what, at, scope: 'execution', by: 'somebody' };
  if ('intervene' in what) return { kind: 'intervene', at, by: 'x', reason: 'y', deed: what.intervene };
  if ('of' in what) return { kind: what.kind, at, scope: what.of, by: 'somebody' };
  const received = what.receivedAt === undefined ? at : START + what.receivedAt;
  return { kind: 'signal', at: received, name: what.signal, payload: what.payload ?? null };
}

function counter(): () => number {
  let count = 0;
  return () => {
    count += 1;
    return count;
  };
}

/** The state that the events alone give, as one reads it from a journal: through JSON. */
export function rebuild(plan: Plan, events: readonly RunEvent[], { forgets = false } = {}): RunState {
  return replay(plan, createState(plan, { forgets }), events);
}

/** Of every fifth state that passes through it, to begin with when the process dies. */
function createCache(plan: Plan, first: RunState) {
  let older = { text: JSON.stringify(snapshotOf(first)), events: 0 };
  let passed = 0;
  return {
    pass(state: RunState, events: number): RunState {
      const text = JSON.stringify(snapshotOf(state));
      passed += 1;
      if (passed % 5 === 0) older = { text, events };
      return readSnapshot(plan, text);
    },
    rebuild: (events: readonly RunEvent[]) => replay(plan, readSnapshot(plan, older.text), events.slice(older.events)),
  };
}

export function readSnapshot(plan: Plan, text: string): RunState {
  return stateFrom(plan, JSON.parse(text) as SnapshotRecord[]);
}

export function replay(plan: Plan, state: RunState, events: readonly RunEvent[]): RunState {
  for (const event of JSON.parse(JSON.stringify(events)) as RunEvent[]) apply(plan, state, event);
  state.timerChanges.armed.length = 0;
  state.timerChanges.dropped.length = 0;
  state.gateChanges.length = 0;
  return state;
}

/** Everything about a state that can be told apart from outside, for comparing two of them. */
export function portrait(plan: Plan, state: RunState): Json {
  const { status, phase, startedAt, endedAt, error, vars, pauses, timers, nextTimer, signals } = state;
  const mail = {
    next: signals.next,
    kept: [...signals.kept.values()],
    waiting: [...signals.waiting].map((run) => [run.scope.path, run.step.id, run.waitsFrom, run.timedOption]),
  };
  const children = [...state.children].map(([id, run]) => [
    id,
    run.scope.path,
    run.step.id,
    run.child?.recalled ?? null,
  ]);
  const due = [...timers].map(([id, timer]) => [id, timer.kind, timer.due]);
  const held = [...state.held].map((run) => [run.scope.path, run.step.id]);
  const { count, lastAt, undoable } = state.ended;
  const ended = [count, lastAt, ...undoable.map((run) => `${run.scope.path}/${run.step.id}/${run.round}`)];
  const rows = stepRows(plan, state).map((row) => ({ ...row, input: row.input(contextOf()) }));
  const places = { slot: state.slot, locks: [...state.locking].map((run) => [run.scope.path, run.step.id, run.lock]) };
  return JSON.parse(
    JSON.stringify({
      places,
      status,
      phase,
      startedAt,
      endedAt,
      error,
      vars,
      pauses,
      due,
      nextTimer,
      mail,
      children,
      held,
      ended,
      rows,
    }),
  ) as Json;
}
