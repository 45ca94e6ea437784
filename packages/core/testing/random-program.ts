/** Random programs of every kind of step, what is sent to them, and how their tries end. */
import fc from 'fast-check';
import type { Json } from '../src/json.ts';
import { after, doAct, say } from './plan.ts';
import type { Answer, Called, ChildAnswer, Try } from './simulate.ts';

/** Random programs: acyclic graphs of pure steps, actions, waits and switches, with every way to fail and go on. */
const step = fc.record({
  kind: fc.constantFrom(
    'say',
    'act',
    'wait',
    'set',
    'switch',
    'block',
    'parallel',
    'loop',
    'rounds',
    'for_each',
    'adding',
    'cancel',
    'signal',
    'first',
    'goto',
    'each',
    'sets',
    'call',
  ),
  deps: fc.array(fc.nat(5), { maxLength: 3 }),
  when: fc.constantFrom(null, 'vars.n % 2 == 0', 'input.yes', '!input.yes'),
  onError: fc.constantFrom<Json>('fail', 'continue', 'skip', 'handler'),
  join: fc.constantFrom('all', 'any', 'cancel'),
  undo: fc.boolean(),
  milestone: fc.constantFrom(null, null, null, 'skip', 'wait', 'now'),
  lock: fc.constantFrom<Json>(null, 'execution', 'workflow'),
});
export const program = fc.array(step, { minLength: 1, maxLength: 8 });
type Program = typeof program extends fc.Arbitrary<infer T> ? T : never;

export function stepsOf(steps: Program): Json[] {
  return steps.map(({ kind, deps, when, onError, join, undo, milestone, lock }, n) => {
    const dependsOn = [...new Set(deps.map((back) => n - 1 - back).filter((each) => each >= 0))].map(
      (each) => `s${each}`,
    );
    const several =
      dependsOn.length > 1 && join !== 'all'
        ? { join: 'any', ...(join === 'cancel' ? { cancel_remaining: true } : {}) }
        : {};
    const handled = onError === 'handler' ? { steps: [doAct(`h${n}`)] } : onError;
    const common = { ...after(...dependsOn), ...several, ...(when === null ? {} : { when }), on_error: handled };
    const undone = undo && kind === 'act' ? { compensate: { type: 'act', config: {} } } : {};
    const locked = lock === null || kind === 'each' || kind === 'sets' ? {} : { lock: { key: "'one'", scope: lock } };
    return stepOf(kind, n, {
      ...common,
      ...undone,
      ...locked,
      ...(kind === 'each' || kind === 'sets' ? {} : milestoneOf(milestone)),
      ...(kind === 'cancel' && n > 0 ? { config: cancelled(n, steps[n - 1]?.kind) } : {}),
    });
  });
}

/** The step before, or what runs inside it, in every branch, round and item that is open. */
function cancelled(n: number, kind: Program[number]['kind'] | undefined): Json {
  const holds = ['block', 'parallel', 'loop', 'for_each', 'adding', 'each', 'sets'].includes(kind ?? '');
  const name = holds && n % 3 !== 0 ? 'i' : 's';
  return { steps: [`${name}${n - 1}`], outcome: n % 2 === 0 ? 'skip' : 'complete' };
}

function milestoneOf(kind: Program[number]['milestone']): { readonly [field: string]: Json } {
  if (kind === null) return {};
  if (kind === 'now') return { milestone: { when: 'now() > timestamp("2026-01-01T00:00:00.030Z")', else: 'wait' } };
  return { milestone: { when: 'vars.n % 3 == 1', else: kind } };
}

function stepOf(kind: Program[number]['kind'], n: number, more: { readonly [field: string]: Json }): Json {
  switch (kind) {
    case 'act':
      return doAct(`s${n}`, {
        retry: { max_retries: 1, backoff: 'fixed', initial: 30 },
        config: { n: '${ vars.n }' },
        ...more,
      });
    case 'wait':
      return { id: `s${n}`, type: 'wait', config: { for: 20 }, ...more };
    case 'set':
      return { id: `s${n}`, type: 'set_variables', config: { n: '${ vars.n + 1 }' }, ...more };
    case 'signal':
      return { id: `s${n}`, type: 'wait', config: signalWait(n), ...more };
    case 'first':
      return {
        id: `s${n}`,
        type: 'wait_any',
        config: { options: options(n) },
        ...(n % 3 === 2 ? { timeout: 70 } : {}),
        ...more,
      };
    case 'cancel':
      return n === 0 ? say('s0', 1) : { id: `s${n}`, type: 'cancel', ...more };
    case 'each':
    case 'sets':
      return repeated(kind, n, more);
    case 'goto':
      return goto(n, more);
    default:
      return stepWithBlocks(kind, n, more);
  }
}

function stepWithBlocks(kind: Program[number]['kind'], n: number, more: { readonly [field: string]: Json }): Json {
  switch (kind) {
    case 'switch':
      return {
        id: `s${n}`,
        type: 'switch',
        config: {
          mode: 'all',
          cases: [
            { when: 'input.yes', steps: [doAct(`c${n}`)] },
            { when: 'true', steps: [say(`d${n}`, 1)] },
          ],
        },
        ...more,
      };
    case 'block':
      return { id: `s${n}`, type: 'block', config: { steps: inner(n) }, ...more };
    case 'parallel':
      return { id: `s${n}`, type: 'parallel', config: parallel(n), ...more };
    case 'loop':
      return { id: `s${n}`, type: 'loop', config: { times: 3, steps: inner(n) }, ...more };
    case 'rounds':
      return { id: `s${n}`, type: 'loop', config: { times: 4, steps: rounds(n) }, ...more };
    case 'for_each':
      return { id: `s${n}`, type: 'for_each', config: forEach(n), ...more };
    case 'adding':
      return { id: `s${n}`, type: 'for_each', config: adding(n), timeout: 90, ...more };
    case 'call':
      return {
        id: `s${n}`,
        type: 'sub_workflow',
        config: {
          workflow_id: 'w',
          input: { n: '${ vars.n }' },
          wait: n % 5 !== 4,
          on_cancel: n % 3 === 0 ? 'abandon' : 'cancel',
        },
        ...(n % 4 === 1 ? { timeout: 25 } : {}),
        ...undo,
        ...more,
      };
    default:
      return say(`s${n}`, '${ uuid() }', more);
  }
}

/** A block that runs for each of what arrives, or for each set. */
function repeated(kind: 'each' | 'sets', n: number, more: { readonly [field: string]: Json }): Json {
  const { cancel_remaining: _, ...rest } = more;
  const before = rest['depends_on'] as readonly string[];
  if (before.length === 0) return { id: `s${n}`, type: 'block', config: { steps: inner(n) }, ...rest };
  const join = n % 3 === 0 ? { [kind]: 1 } : kind;
  const when = n % 4 === 1 ? { when: 'arrival.index < 2 && arrival.step != "s0"' } : {};
  const timeout = n % 5 === 4 ? { timeout: 60 } : {};
  const steps = [...inner(n), say(`m${n}`, '${ [arrival.index, arrival.outputs] }')];
  return { id: `s${n}`, type: 'block', config: { steps }, ...rest, ...when, ...timeout, join };
}

/** Back to a step that it depends on, now and then, and not for ever. */
function goto(n: number, more: { readonly [field: string]: Json }): Json {
  const before = more['depends_on'] as readonly string[];
  if (before.length === 0) return say(`s${n}`, '${ uuid() }', more);
  const taken = { step: before[n % before.length] ?? '', max: 1 + (n % 3) };
  return { id: `s${n}`, type: 'goto', config: taken, ...more, ...(n % 4 === 0 ? {} : { when: 'vars.n < 2' }) };
}

const undo = { compensate: { type: 'act', config: {} } };
const inner = (n: number): Json[] => [
  doAct(`i${n}`, undo),
  say(`j${n}`, 1, after(`i${n}`)),
  { id: `k${n}`, type: 'wait', config: { for: 5 } },
];

/** Rounds in which nothing has to be undone, with a loop inside, and a view of the round before. */
const rounds = (n: number): Json[] => [
  doAct(`q${n}`),
  { id: `r${n}`, type: 'loop', config: { times: 3, steps: [say(`t${n}`, '${ [loop.index, loop.previous] }')] } },
  say(`u${n}`, '${ [loop.index, loop.previous != null] }', after(`q${n}`)),
];

const matches = ['signal.payload > 1', 'signal.payload.no == vars.n', 'vars.n == 0'];

function signalWait(n: number): Json {
  const match = n % 2 === 0 ? {} : { match: matches[n % 3] ?? 'true' };
  const late = { timeout: 60, on_timeout: n % 3 === 0 ? 'fail' : 'continue' };
  return { signal: n % 4 === 3 ? 'b' : 'a', ...match, ...late, transient: n % 3 === 1 };
}

function options(n: number): Json {
  const late = { for: n % 2 === 0 ? 25 : 90, ...(n % 3 === 0 ? {} : { steps: inner(n) }) };
  const came = { signal: 'a', match: matches[n % 3] ?? 'true', steps: [doAct(`l${n}`, undo)] };
  return { came, other: { signal: 'b', transient: n % 2 === 0 }, late };
}

export const signals = fc.array(
  fc.record({
    at: fc.nat(110),
    name: fc.constantFrom('a', 'b'),
    payload: fc.oneof(fc.nat(3), fc.constant({ items: [1, 2] })),
  }),
  {
    maxLength: 6,
  },
);
export const sent = (all: readonly { at: number; name: string; payload: Json }[]) =>
  all.map(({ at, name, payload }) => ({ at, input: { signal: name, payload } }));

function parallel(n: number): Json {
  const branches = {
    a: { steps: [doAct(`i${n}`, undo)] },
    b: { steps: [doAct(`j${n}`)] },
    c: { steps: [say(`k${n}`, 1)] },
  };
  return { branches, join: n % 3 === 0 ? 'all' : { count: 2 }, ...(n % 3 === 1 ? { cancel_remaining: true } : {}) };
}

function forEach(n: number): Json {
  const policy: Json = n % 3 === 0 ? 'fail_fast' : n % 3 === 1 ? 'continue' : { max_failures: 1 };
  const enough = n % 2 === 0 ? {} : { complete_when: 'done >= 2', remaining: n % 4 === 1 ? 'ignore' : 'cancel' };
  return { items: [1, 2, 3, 4], concurrency: 2, on_item_error: policy, ...enough, steps: inner(n) };
}

/** Items that come by signals, of the names that other steps wait for, too. */
function adding(n: number): Json {
  const closing = n % 3 === 0 ? {} : { close_signal: 'a' };
  return { items: n % 2 === 0 ? [] : [1], concurrency: 2, add_signal: 'b', ...closing, steps: inner(n) };
}

/** The same try gets the same answer, whichever process asks. */
export function answering(seed: number): (attempt: Try) => Answer {
  return ({ path, attempt }) => {
    const dice = [...`${seed}${path}${attempt}`].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, 7) % 10;
    if (dice < 2) return { error: { code: 'network', message: 'down', retryable: true }, after: dice };
    if (dice < 3) return { error: { code: 'no', message: 'no', retryable: false }, after: 5 };
    return { output: path, after: 5 + 7 * dice };
  };
}

/** Of a child as well; some end only when they are told to. */
export function growingUp(seed: number): (call: Called) => ChildAnswer | undefined {
  return ({ path, child }) => {
    const dice = [...`${seed}${path}${child.executionId}`].reduce(
      (sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0,
      7,
    );
    if (dice % 10 < 2) return { status: 'FAILED', error: { code: 'no', message: 'no' }, after: dice % 40 };
    if (dice % 10 < 3) return { status: 'CANCELLED', after: dice % 40 };
    return { status: 'COMPLETED', output: path, after: dice % 90 };
  };
}
