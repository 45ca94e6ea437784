import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { after, doAct, planOf, say } from '../../testing/plan.ts';
import {
  type Answer,
  type Called,
  type ChildAnswer,
  type FromOutside,
  portrait,
  rebuild,
  simulate,
  type Try,
} from '../../testing/simulate.ts';
import type { Json } from '../json.ts';

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
});
const program = fc.array(step, { minLength: 1, maxLength: 8 });
type Program = typeof program extends fc.Arbitrary<infer T> ? T : never;

function stepsOf(steps: Program): Json[] {
  return steps.map(({ kind, deps, when, onError, join, undo, milestone }, n) => {
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
    return stepOf(kind, n, {
      ...common,
      ...undone,
      ...(kind === 'each' || kind === 'sets' ? {} : milestoneOf(milestone)),
    });
  });
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
    case 'for_each':
      return { id: `s${n}`, type: 'for_each', config: forEach(n), ...more };
    case 'adding':
      return { id: `s${n}`, type: 'for_each', config: adding(n), timeout: 90, ...more };
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
    case 'cancel':
      return n === 0
        ? say('s0', 1)
        : {
            id: `s${n}`,
            type: 'cancel',
            config: { steps: [`s${n - 1}`], outcome: n % 2 === 0 ? 'skip' : 'complete' },
            ...more,
          };
    case 'each':
    case 'sets':
      return repeated(kind, n, more);
    case 'goto':
      return goto(n, more);
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

const signals = fc.array(
  fc.record({
    at: fc.nat(110),
    name: fc.constantFrom('a', 'b'),
    payload: fc.oneof(fc.nat(3), fc.constant({ items: [1, 2] })),
  }),
  {
    maxLength: 6,
  },
);
const sent = (all: readonly { at: number; name: string; payload: Json }[]) =>
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
function answering(seed: number): (attempt: Try) => Answer {
  return ({ path, attempt }) => {
    const dice = [...`${seed}${path}${attempt}`].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, 7) % 10;
    if (dice < 2) return { error: { code: 'network', message: 'down', retryable: true }, after: dice };
    if (dice < 3) return { error: { code: 'no', message: 'no', retryable: false }, after: 5 };
    return { output: path, after: 5 + 7 * dice };
  };
}

/** Of a child as well; some end only when they are told to. */
function growingUp(seed: number): (call: Called) => ChildAnswer | undefined {
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

const runs = { numRuns: 1000 };

describe('the journal', () => {
  it('rebuilds the very state that was decided, whatever happened [E11]', () => {
    fc.assert(
      fc.property(
        program,
        fc.nat(),
        fc.boolean(),
        fc.option(fc.nat(100)),
        fc.option(fc.nat(60)),
        signals,
        (steps, seed, yes, cancelAt, pauseAt, came) => {
          const plan = planOf(stepsOf(steps), { variables: { n: 0 } });
          const cancelled = cancelAt === null ? [] : [{ at: cancelAt, input: 'cancel' as const }];
          const held =
            pauseAt === null
              ? []
              : [
                  { at: pauseAt, input: 'pause' as const },
                  { at: pauseAt + 40, input: 'resume' as const },
                ];
          const then = [...cancelled, ...held, ...sent(came)];
          const run = simulate(plan, { input: { yes }, answer: answering(seed), child: growingUp(seed), then });
          expect(run.end).toBeDefined();
          expect(portrait(plan, rebuild(plan, run.events))).toEqual(portrait(plan, run.state));
        },
      ),
      runs,
    );
  });

  it('lets every execution end, also when its process dies at any moment; no step that has an outcome runs again [E16]', () => {
    fc.assert(
      fc.property(program, fc.nat(), fc.array(fc.nat(120), { maxLength: 4 }), signals, (steps, seed, crashes, came) => {
        const plan = planOf(stepsOf(steps), { variables: { n: 0 } });
        // It dies with what ran in it, or what ran goes on elsewhere, or is lost there.
        const ways = ['restart', 'move', 'move_and_lose'] as const;
        const then = [...crashes.map((at) => ({ at, input: ways[at % 3] ?? 'restart' })), ...sent(came)];
        const run = simulate(plan, { input: { yes: true }, answer: answering(seed), child: growingUp(seed), then });
        expect(run.end).toBeDefined();
        const ended = new Set<string>();
        for (const event of run.events) {
          if (!('s' in event) || event.s === undefined) continue;
          const name = `${event.p ?? ''}/${event.s}/${event.r ?? 0}`;
          if (event.e === 'begun') expect(ended.has(name)).toBe(false);
          if (event.e !== 'succeeded' && event.e !== 'failed' && event.e !== 'skipped') continue;
          expect(ended.has(name)).toBe(false);
          ended.add(name);
        }
      }),
      runs,
    );
  });

  it('gives each signal to one step at most, and none to two, through pauses and crashes [F77]', () => {
    const disturbances = fc.array(fc.record({ at: fc.nat(110), what: fc.constantFrom('restart', 'pause') }), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(program, fc.nat(), signals, disturbances, (steps, seed, came, disturbed) => {
        const plan = planOf(stepsOf(steps), { variables: { n: 0 } });
        const then = disturbed.flatMap(({ at, what }): { at: number; input: FromOutside }[] =>
          what === 'pause'
            ? [
                { at, input: 'pause' as const },
                { at: at + 30, input: 'resume' as const },
              ]
            : [{ at, input: 'restart' as const }],
        );
        const run = simulate(plan, {
          input: { yes: true },
          answer: answering(seed),
          child: growingUp(seed),
          then: [...then, ...sent(came)],
          onRestart: (held, rebuilt) => expect(portrait(plan, rebuilt)).toEqual(portrait(plan, held)),
        });
        expect(run.end).toBeDefined();
        expect(portrait(plan, rebuild(plan, run.events))).toEqual(portrait(plan, run.state));
        const [heard, taken] = [new Set<number>(), new Set<number>()];
        for (const event of run.events) {
          if (event.e === 'signalled') {
            expect(heard.has(event.g)).toBe(false);
            heard.add(event.g);
          }
          const takes =
            event.e === 'signalled'
              ? event.s !== undefined
              : (event.e === 'begun' || event.e === 'taken') && event.g !== undefined;
          if (!takes || !('g' in event) || event.g === undefined) continue;
          expect(heard.has(event.g) && !taken.has(event.g)).toBe(true);
          taken.add(event.g);
        }
      }),
      runs,
    );
  });

  it('calls one child for a run of a step, and leaves none behind that was to end with it, through pauses and crashes [E6]', () => {
    const disturbances = fc.array(fc.record({ at: fc.nat(110), what: fc.constantFrom('restart', 'pause', 'cancel') }), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(program, fc.nat(), disturbances, (steps, seed, disturbed) => {
        const plan = planOf(stepsOf(steps), { variables: { n: 0 } });
        const then = disturbed.flatMap(({ at, what }): { at: number; input: FromOutside }[] =>
          what === 'pause'
            ? [
                { at, input: 'pause' },
                { at: at + 30, input: 'resume' },
              ]
            : [{ at, input: what as FromOutside }],
        );
        const run = simulate(plan, {
          input: { yes: true },
          answer: answering(seed),
          child: growingUp(seed),
          then,
          onRestart: (held, rebuilt) => expect(portrait(plan, rebuilt)).toEqual(portrait(plan, held)),
        });
        expect(run.end).toBeDefined();
        const callers = run.called.map(({ path }) => path);
        expect(new Set(callers).size).toBe(callers.length);
        expect(run.events.filter(({ e }) => e === 'called')).toHaveLength(callers.length);
        for (const { child, path, awaited } of run.called) {
          const heard = run.ended.has(child.executionId);
          const mayOutlive = !awaited || Number(/s(\d+)$/.exec(path)?.[1]) % 3 === 0;
          expect(heard || mayOutlive || run.cancelled.includes(child.executionId)).toBe(true);
        }
        expect(new Set(run.cancelled).size).toBe(run.cancelled.length);
      }),
      runs,
    );
  });

  it('lets no step succeed by its blocks while its handler runs, when both ended during a pause', () => {
    const config = { branches: { a: { steps: [doAct('a')] }, b: { steps: [doAct('b')] } }, join: { count: 1 } };
    const plan = planOf([{ id: 'two', type: 'parallel', config, on_error: { steps: [doAct('h')] } }]);
    const no: Answer = { error: { code: 'no', message: 'no', retryable: false } };
    const run = simulate(plan, {
      answer: ({ path }) => (path === 'two.b.b' ? { output: 1, after: 20 } : { ...no, after: 10 }),
      then: [
        { at: 5, input: 'pause' },
        { at: 50, input: 'resume' },
      ],
    });
    expect(run.end).toMatchObject({ status: 'FAILED', error: { code: 'no', step: 'h' } });
  });

  it('never begins a second try of an at-most-once step after a crash [F89]', () => {
    const plan = planOf([doAct('pay', { delivery: 'at_most_once' })]);
    const run = simulate(plan, { answer: () => ({ output: 1, after: 100 }), then: [{ at: 50, input: 'restart' }] });
    expect(run.tried).toHaveLength(1);
    expect(run.tried[0]?.recordFirst).toBe(true);
    expect(run.end).toMatchObject({ status: 'FAILED', error: { code: 'outcome_unknown' } });
  });

  it('hands an open try out again under the same key after a crash [E16]', () => {
    const run = simulate(planOf([doAct('pay')]), {
      answer: () => ({ output: 1, after: 100 }),
      then: [{ at: 50, input: 'restart' }],
    });
    expect(run.tried.map(({ attempt, idempotencyKey }) => `${attempt} ${idempotencyKey}`)).toEqual([
      '1 x/pay/0/0',
      '1 x/pay/0/0',
    ]);
    expect(run.end?.status).toBe('COMPLETED');
  });

  it('ignores an outcome that comes twice, a timer that fires early or late, and a cancel after the end [E33 F51]', () => {
    const plan = planOf([doAct('a'), { id: 'nap', type: 'wait', config: { for: 50 }, depends_on: ['a'] }]);
    const run = simulate(plan, {
      then: [
        { at: 51, input: 'cancel' },
        { at: 400, input: 'cancel' },
      ],
    });
    expect(run.events.filter(({ e }) => e === 'ended')).toHaveLength(1);
  });
});
