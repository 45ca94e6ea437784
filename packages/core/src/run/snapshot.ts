/**
 * The state of an execution as records, and back: a cache of what folding its journal gives, so that a long history need not
 * be folded again. Never the truth: who cannot use one folds the journal.
 *
 * The tables below name every field of the state, and the compiler sees to it: a field without its line is a type error.
 * `snapshotFormat` changes with them, so that what another release wrote is not taken for what this one writes.
 */
import type { Plan } from '../definition/plan.ts';
import type { Json } from '../json.ts';
import type { StepError } from './event.ts';
import type { OpenTask, RunState, Scope, Signal, StepRun, Timer } from './state.ts';

export type SnapshotRecord = { readonly [field: string]: Json };

/** Scopes and runs refer to each other: in the records they are numbered. */
type Graph = { readonly plan: Plan; readonly scopes: readonly Scope[]; readonly runs: readonly StepRun[] };
type Numbers = ReadonlyMap<Scope | StepRun, number>;

/** What is undefined is left out of the record. */
type Coder<T> = {
  write(value: T, numbers: Numbers): Json | undefined;
  read(stored: Json | undefined, graph: Graph): T;
};
type Coders<T> = { readonly [Field in keyof T]-?: Coder<T[Field]> };

/** JSON as it is; most are blank, and left out. */
function plain<T>(blank: T): Coder<T> {
  return {
    write: (value) => (value === blank ? undefined : (value as Json)),
    read: (stored) => (stored === undefined ? blank : (stored as T)),
  };
}
/** JSON that is never left out. */
function whole<T>(): Coder<T> {
  return { write: (value) => value as Json, read: (stored) => given(stored) as T };
}
/** Not part of what the journal says, and made anew. */
function fresh<T>(make: () => T): Coder<T> {
  return { write: () => undefined, read: make };
}
function optional<T>({ write, read }: Coder<T>): Coder<T | null> {
  return {
    write: (value, numbers) => (value === null ? undefined : write(value, numbers)),
    read: (stored, graph) => (stored === undefined ? null : read(stored, graph)),
  };
}
function listOf<T>(one: Coder<T>): Coder<T[]> {
  return {
    write: (values, numbers) => values.map((value) => one.write(value, numbers) ?? null),
    read: (stored, graph) => (given(stored) as readonly Json[]).map((each) => one.read(each, graph)),
  };
}
function setOf<T>(one: Coder<T>): Coder<Set<T>> {
  const list = listOf(one);
  return {
    write: (values, numbers) => list.write([...values], numbers),
    read: (stored, graph) => new Set(list.read(stored, graph)),
  };
}
function mapOf<K, V>(key: Coder<K>, value: Coder<V>): Coder<Map<K, V>> {
  return {
    write: (map, numbers) => [...map].map(([k, v]) => [key.write(k, numbers) ?? null, value.write(v, numbers) ?? null]),
    read: (stored, graph) =>
      new Map((given(stored) as readonly [Json, Json][]).map(([k, v]) => [key.read(k, graph), value.read(v, graph)])),
  };
}
function recordOf<T extends object>(fields: Coders<T>) {
  const coders = Object.entries(fields) as [string, Coder<unknown>][];
  return {
    write(value: T, numbers: Numbers): SnapshotRecord {
      const stored: Record<string, Json> = {};
      for (const [field, coder] of coders) {
        const written = coder.write((value as Record<string, unknown>)[field], numbers);
        if (written !== undefined) stored[field] = written;
      }
      return stored;
    },
    read(stored: Json | undefined, graph: Graph): T {
      const record = given(stored) as SnapshotRecord;
      const value: Record<string, unknown> = {};
      for (const [field, coder] of coders) value[field] = coder.read(record[field], graph);
      return value as T;
    },
  } satisfies Coder<T>;
}

function given(stored: Json | undefined): Json {
  if (stored === undefined) throw new Error('a field of the snapshot is missing');
  return stored;
}
function numberOf(thing: Scope | StepRun, numbers: Numbers): number {
  const found = numbers.get(thing);
  if (found === undefined) throw new Error('the state refers to something that is not part of it');
  return found;
}
function numbered<T>(list: readonly T[], stored: Json | undefined): T {
  const found = list[stored as number];
  if (found === undefined) throw new Error('the snapshot refers to something that is not part of it');
  return found;
}

const aScope: Coder<Scope> = { write: numberOf, read: (stored, { scopes }) => numbered(scopes, stored) };
const aRun: Coder<StepRun> = { write: numberOf, read: (stored, { runs }) => numbered(runs, stored) };
const aNumber = whole<number>();

const runFields: Coders<StepRun> = {
  step: {
    write: (step) => step.id,
    read: (stored, { plan }) => numbered(plan.steps, plan.stepIndex.get(stored as string)),
  },
  scope: aScope,
  round: plain(0),
  leftAt: plain<number | null>(null),
  jumps: plain(0),
  status: whole(),
  attempt: plain(0),
  startedAt: plain<number | null>(null),
  endedAt: plain<number | null>(null),
  output: plain<Json>(null),
  error: plain<StepError | null>(null),
  input: plain<Json | undefined>(undefined),
  marker: plain<string | undefined>(undefined),
  chosen: plain<StepRun['chosen']>(null),
  withdrawn: plain(false),
  passedOver: plain(false),
  waiting: plain<StepRun['waiting']>(null),
  child: plain<StepRun['child']>(null),
  lock: plain<StepRun['lock']>(null),
  waitsFrom: plain(0),
  signal: plain<Signal | null>(null),
  timedOption: plain<string | null>(null),
  timer: plain<number | null>(null),
  inner: listOf(aScope),
  items: whole(),
  itemList: fresh(() => undefined),
  detached: plain<string[] | null>(null),
  added: whole(),
  parked: optional(mapOf(aNumber, aScope)),
  arrivals: plain<StepRun['arrivals']>(null),
  took: optional(recordOf<NonNullable<StepRun['took']>>({ sets: aNumber, of: mapOf(aNumber, aNumber) })),
  endOrder: plain(0),
};

const scopeFields: Coders<Scope> = {
  path: whole(),
  block: whole(),
  parent: optional(aScope),
  owner: optional(aRun),
  arrivals: plain<Scope['arrivals']>(null),
  arrived: plain(false),
  index: plain<number | null>(null),
  runs: mapOf(aNumber, aRun),
  past: optional(mapOf(aNumber, listOf(aRun))),
  remaining: plain(0),
  lingering: plain(0),
  lingers: plain(false),
  failed: plain(false),
  error: plain<StepError | null>(null),
  stopping: plain<Scope['stopping']>(null),
  graceTimer: plain<number | null>(null),
  closed: plain(false),
};

const timer: Coder<Timer> = {
  write(of, numbers) {
    if (of.kind === 'step') return [of.due, of.kind, numberOf(of.run, numbers)];
    if (of.kind === 'grace') return [of.due, of.kind, numberOf(of.scope, numbers)];
    return [of.due, of.kind];
  },
  read(stored, { runs, scopes }) {
    const [due, kind, of] = stored as [number, Timer['kind'], Json?];
    if (kind === 'step') return { kind, due, run: numbered(runs, of) };
    if (kind === 'grace') return { kind, due, scope: numbered(scopes, of) };
    return { kind, due };
  },
};

const stateFields: Coders<RunState> = {
  status: whole(),
  phase: plain<RunState['phase']>(null),
  startedAt: plain<number | null>(null),
  endedAt: plain<number | null>(null),
  lastAt: plain(0),
  error: plain<StepError | null>(null),
  vars: fresh(() => ({})), // records of their own: some of them may be large
  top: aScope,
  scopes: fresh(() => new Map()), // the list of scopes, by path
  timers: mapOf(aNumber, timer),
  nextTimer: plain(0),
  signals: recordOf<RunState['signals']>({
    next: aNumber,
    kept: mapOf(aNumber, whole<Signal>()),
    waiting: setOf(aRun),
  }),
  children: mapOf(whole<string>(), aRun),
  tasks: mapOf(aRun, whole<OpenTask>()),
  tasksOver: fresh(() => []),
  held: setOf(aRun),
  ended: recordOf<RunState['ended']>({ count: aNumber, lastAt: aNumber, undoable: listOf(aRun) }),
  forgets: plain(false),
  adopted: plain<number | null>(null),
  stop: plain<RunState['stop']>(null),
  timerChanges: fresh(() => ({ armed: [], dropped: [] })),
  slot: plain<RunState['slot']>(null),
  locking: setOf(aRun),
  gateChanges: fresh(() => []),
  paused: plain(false),
  pauses: whole(),
  backlog: fresh(() => []), // found again by `resume`
  failedCompensations: mapOf(aRun, whole<StepError>()),
};

const [runRecord, scopeRecord, stateRecord] = [recordOf(runFields), recordOf(scopeFields), recordOf(stateFields)];

/** Raised when fields keep their names and change their meaning, or `apply` makes another state of the same events. */
const meaning = 1;
/** What a snapshot is made of. One of another format is of no use. */
export const snapshotFormat = [
  meaning,
  ...[stateFields, scopeFields, runFields].map((fields) => Object.keys(fields).join()),
].join(';');

/**
 * What the events so far amount to, as a list: sizes, state, variables, scopes, runs; each is as large as the values in it.
 * To be written down at once: it shares objects with the state.
 */
export function snapshotOf(state: RunState): readonly SnapshotRecord[] {
  const scopes = [...state.scopes.values()];
  const runs = scopes.flatMap(({ past, runs }) => [...[...(past?.values() ?? [])].flat(), ...runs.values()]);
  const numbers = new Map<Scope | StepRun, number>();
  for (const [at, scope] of scopes.entries()) numbers.set(scope, at);
  for (const [at, run] of runs.entries()) numbers.set(run, at);
  const vars = Object.entries(state.vars);
  return [
    { vars: vars.length, scopes: scopes.length, runs: runs.length },
    stateRecord.write(state, numbers),
    ...vars.map(([name, value]) => ({ name, value })),
    ...scopes.map((scope) => scopeRecord.write(scope, numbers)),
    ...runs.map((run) => runRecord.write(run, numbers)),
  ];
}

/** Throws when it is no snapshot of an execution of this plan. */
export function stateFrom(plan: Plan, snapshot: readonly SnapshotRecord[]): RunState {
  const [sizes, stored, ...rest] = snapshot;
  const take = (what: string) => rest.splice(0, sizes?.[what] as number);
  const [vars, scopes, runs] = [take('vars'), take('scopes'), take('runs')];
  // First the things, then what is in them: they refer to each other.
  const graph = { plan, scopes: scopes.map(() => ({}) as Scope), runs: runs.map(() => ({}) as StepRun) };
  for (const [at, each] of scopes.entries()) Object.assign(numbered(graph.scopes, at), scopeRecord.read(each, graph));
  for (const [at, each] of runs.entries()) Object.assign(numbered(graph.runs, at), runRecord.read(each, graph));
  return {
    ...stateRecord.read(stored, graph),
    vars: Object.fromEntries(vars.map(({ name, value }) => [name as string, value as Json])),
    scopes: new Map(graph.scopes.map((scope) => [scope.path, scope])),
  };
}
