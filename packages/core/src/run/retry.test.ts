import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { after, doAct, planOf, say } from '../../testing/plan.ts';
import {
  type Answer,
  contextOf,
  type Simulation,
  type SimulationOptions,
  simulate,
  type Try,
} from '../../testing/simulate.ts';
import type { Plan } from '../definition/plan.ts';
import type { Json } from '../json.ts';
import { adopt } from './adopt.ts';
import { pastOf } from './past.ts';

const AT = Date.UTC(2026, 0, 1);
const no: Answer = { error: { code: 'no', message: 'no', retryable: false } };
/** Tries of these paths fail; the others give their path. */
const failing =
  (...paths: readonly string[]) =>
  ({ path }: Try): Answer =>
    paths.includes(path) ? no : { output: path };

type Again = SimulationOptions & { readonly from?: string; readonly target?: Plan };

function adopted(plan: Plan, first: Simulation, { from = 'failed', target = plan, input = {} }: Again = {}) {
  return adopt(pastOf(plan, first.events, contextOf(input)), { target, from, at: AT });
}

function retry(plan: Plan, first: Simulation, again: Again = {}): Simulation {
  const { adoption } = adopted(plan, first, again);
  return simulate(again.target ?? plan, { answer: failing(), ...again, adopt: adoption });
}

const paths = ({ tried }: Simulation): string[] => tried.map(({ path }) => path);
const undo = { compensate: { type: 'act', config: {} } };
const forEach = (more: { readonly [field: string]: Json } = {}): Json => ({
  id: 'each',
  type: 'for_each',
  config: { items: [0, 1, 2, 3, 4, 5], steps: [doAct('a'), doAct('b', after('a'))], ...more },
});

describe('a retry from what failed', () => {
  it('runs the failed step and what depends on it, and no other', () => {
    const plan = planOf([doAct('a'), doAct('b', after('a')), doAct('c', after('b')), doAct('side')]);
    const first = simulate(plan, { answer: failing('b') });
    const second = retry(plan, first);
    expect(first.end?.status).toBe('FAILED');
    expect(paths(second)).toEqual(['b', 'c']);
    expect(second.end).toMatchObject({ status: 'COMPLETED', output: { c: 'c', side: 'side' } });
  });

  it('keeps the items of a for_each that succeeded, and in the others the steps that did', () => {
    const plan = planOf([forEach({ concurrency: 2, on_item_error: { max_failures: 3 } })]);
    const first = simulate(plan, { answer: failing('each.0.b', 'each.1.a', 'each.3.b', 'each.4.b') });
    const second = retry(plan, first);
    expect(first.end?.status).toBe('FAILED');
    expect(paths(second).sort()).toEqual(['each.0.b', 'each.1.a', 'each.1.b', 'each.3.b', 'each.4.b']);
    const output = { each: [0, 1, 2, 3, 4, 5].map((item) => `each.${item}.b`) };
    expect(second.end).toMatchObject({ status: 'COMPLETED', output });
  });

  it('runs no more of the items that are left at the same time than the step allows', () => {
    const plan = planOf([forEach({ concurrency: 2, on_item_error: { max_failures: 4 } })]);
    const first = simulate(plan, { answer: failing(...[0, 1, 2, 3, 4].map((item) => `each.${item}.b`)) });
    const second = retry(plan, first, { answer: ({ path }) => ({ output: path, after: 10 }) });
    expect(paths(second)).toEqual([0, 1, 2, 3, 4].map((item) => `each.${item}.b`));
    expect(second.took).toBe(30);
  });

  it('keeps the branches of a parallel and the rounds of a loop that succeeded', () => {
    const branches = { left: { steps: [doAct('l')] }, right: { steps: [doAct('r'), doAct('r2', after('r'))] } };
    const both: Json = { id: 'both', type: 'parallel', config: { branches } };
    const loop: Json = { id: 'again', type: 'loop', config: { times: 3, steps: [doAct('x'), doAct('y', after('x'))] } };
    const parallel = planOf([both]);
    expect(paths(retry(parallel, simulate(parallel, { answer: failing('both.right.r2') })))).toEqual(['both.right.r2']);
    const rounds = planOf([loop]);
    const second = retry(rounds, simulate(rounds, { answer: failing('again.1.y') }));
    expect(paths(second)).toEqual(['again.1.y', 'again.2.x', 'again.2.y']);
    expect(second.end).toMatchObject({ status: 'COMPLETED', output: { again: 'again.2.y' } });
  });

  it('goes on with a for_each of for_each where each of them was', () => {
    const inner: Json = { id: 'in', type: 'for_each', config: { items: [0, 1, 2], as: 'k', steps: [doAct('x')] } };
    const plan = planOf([
      { id: 'out', type: 'for_each', config: { items: [0, 1, 2], concurrency: 1, steps: [inner] } },
    ]);
    const first = simulate(plan, { answer: failing('out.1.in.1.x') });
    expect(paths(retry(plan, first)).filter((path) => paths(first).includes(path))).toEqual(['out.1.in.1.x']);
    expect(retry(plan, first).end?.status).toBe('COMPLETED');
  });

  it('keeps the items as they were, though the input is another', () => {
    const plan = planOf([forEach({ items: 'input.list' })]);
    const first = simulate(plan, { answer: failing('each.1.b'), input: { list: [7, 8] } });
    const { adoption } = adopted(plan, first, { input: { list: [7, 8] } });
    const second = simulate(plan, { answer: failing(), adopt: adoption, input: { list: [] } });
    expect(second.end).toMatchObject({ output: { each: ['each.0.b', 'each.1.b'] } });
  });

  it('finds the variables as they were, and the signals that no step had taken', () => {
    const set: Json = { id: 'set', type: 'set_variables', config: { n: 7 } };
    const wait: Json = { id: 'wait', type: 'wait', config: { signal: 'go' }, ...after('bad') };
    const plan = planOf([set, doAct('bad', after('set')), wait, say('end', '${ vars.n }', after('wait'))], {
      variables: { n: 0 },
    });
    const first = simulate(plan, {
      answer: () => ({ ...no, after: 50 }),
      then: [{ at: 10, input: { signal: 'go', payload: 1 } }],
    });
    expect(retry(plan, first).end).toMatchObject({ status: 'COMPLETED', output: { end: 7 } });
  });

  it('runs again a `terminate` that failed it, and what a cancel or a timeout had stopped', () => {
    const stop: Json = {
      id: 'stop',
      type: 'terminate',
      config: { status: 'FAILED' },
      when: 'input.bad',
      ...after('a'),
    };
    const plan = planOf([doAct('a'), stop, doAct('b', after('a'))]);
    const first = simulate(plan, { answer: failing(), input: { bad: true } });
    expect(first.end?.status).toBe('FAILED');
    expect(retry(plan, first, { input: { bad: true } }).end?.status).toBe('FAILED');
    expect(retry(plan, first, { input: { bad: false } }).end?.status).toBe('COMPLETED');
    const slow = planOf([doAct('a'), doAct('b', after('a'))]);
    const cancelled = simulate(slow, { answer: () => ({ output: 1, after: 50 }), then: [{ at: 70, input: 'cancel' }] });
    expect(paths(retry(slow, cancelled))).toEqual(['b']);
  });

  it('says what was undone; adopted all the same, it is undone once more when the retry fails', () => {
    const plan = planOf([doAct('pay', undo), doAct('ship', after('pay'))]);
    const first = simulate(plan, { answer: failing('ship') });
    expect(adopted(plan, first).undone).toEqual(['pay']);
    const second = retry(plan, first, { answer: failing('ship') });
    expect(paths(second)).toEqual(['ship', 'pay.compensate']);
  });

  it('leaves undone what a handler undid, when the step went on from there', () => {
    const saga: Json = {
      id: 'saga',
      type: 'block',
      config: { steps: [doAct('pay', undo), doAct('ship', after('pay'))] },
      on_error: { compensate: true, steps: [doAct('told')] },
    };
    const plan = planOf([saga, doAct('last', after('saga'))]);
    const first = simulate(plan, { answer: failing('saga.body.ship', 'last') });
    expect(adopted(plan, first).undone).toEqual([]);
    expect(paths(retry(plan, first, { answer: failing('last') }))).toEqual(['last']);
  });

  it('can be retried itself: nothing that either of them adopted runs again', () => {
    const plan = planOf([doAct('a'), doAct('b', after('a')), doAct('c', after('b'))]);
    const second = retry(plan, simulate(plan, { answer: failing('b') }), { answer: failing('c') });
    expect(paths(second)).toEqual(['b', 'c']);
    expect(paths(retry(plan, second))).toEqual(['c']);
  });
});

describe('a retry from a step', () => {
  const steps = [doAct('a'), doAct('b', after('a')), doAct('c', after('b')), doAct('side')];

  it('runs that step and all that depends on it, also in an execution that completed', () => {
    const plan = planOf(steps);
    const first = simulate(plan, { answer: failing() });
    expect(paths(retry(plan, first, { from: 'b' }))).toEqual(['b', 'c']);
  });

  it('goes into blocks: by its id in all of them, by its path in one', () => {
    const plan = planOf([forEach({ items: [0, 1] }), doAct('z', after('each'))]);
    const first = simulate(plan, { answer: failing() });
    expect(paths(retry(plan, first, { from: 'b' })).sort()).toEqual(['each.0.b', 'each.1.b', 'z']);
    expect(paths(retry(plan, first, { from: 'each.1.b' })).sort()).toEqual(['each.1.b', 'z']);
    expect(paths(retry(plan, first, { from: 'each' }))).toHaveLength(5);
  });

  it('drops the rounds that came after the one where it starts', () => {
    const plan = planOf([
      { id: 'again', type: 'loop', config: { times: 3, steps: [doAct('x'), doAct('y', after('x'))] } },
    ]);
    const first = simulate(plan, { answer: failing() });
    expect(paths(retry(plan, first, { from: 'again.1.y' }))).toEqual(['again.1.y', 'again.2.x', 'again.2.y']);
  });

  it('is refused where no such step was met', () => {
    const plan = planOf(steps);
    const first = simulate(plan, { answer: failing('b') });
    expect(adopted(plan, first, { from: 'nothing' }).found).toBe(false);
    expect(adopted(plan, first, { from: 'c' }).found).toBe(true);
  });
});

describe('a retry on another version', () => {
  const first = (plan: Plan) => simulate(plan, { answer: failing('b') });

  it('adopts a step that is still there, and runs what is new, of another type, or depends on either', () => {
    const plan = planOf([doAct('a'), doAct('x'), doAct('b', after('a')), doAct('y', after('x'))]);
    const target = planOf([
      doAct('a'),
      say('x', 1),
      doAct('n', after('a')),
      doAct('b', after('n')),
      doAct('y', after('x')),
    ]);
    expect(paths(retry(plan, first(plan), { target })).sort()).toEqual(['b', 'n', 'y']);
  });

  it('goes on in the items of a failed for_each with the steps that they have now', () => {
    const plan = planOf([forEach({ items: [0, 1] })]);
    const target = planOf([
      forEach({ items: [0, 1], steps: [doAct('a'), doAct('b', after('a')), doAct('c', after('b'))] }),
    ]);
    const failed = simulate(plan, { answer: failing('each.1.b') });
    expect(paths(retry(plan, failed, { target })).sort()).toEqual(['each.0.c', 'each.1.b', 'each.1.c']);
  });

  it('starts a step over whose blocks are others now', () => {
    const parallel = (...names: string[]): Json => {
      const branches = Object.fromEntries(names.map((name) => [name, { steps: [doAct(name)] }]));
      return { id: 'p', type: 'parallel', config: { branches } };
    };
    const plan = planOf([parallel('a', 'b')]);
    const failed = simulate(plan, { answer: failing('p.b.b') });
    expect(paths(retry(plan, failed, { target: planOf([parallel('a', 'b', 'c')]) }))).toEqual([
      'p.a.a',
      'p.b.b',
      'p.c.c',
    ]);
  });
});

type Shape = { readonly kind: string; readonly inner: readonly Shape[]; readonly chain: boolean };
const plain = fc.constantFrom('act', 'say');
const holding = fc.constantFrom('block', 'parallel', 'loop', 'for_each', 'switch');
const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.record({ kind: plain, inner: fc.constant([]), chain: fc.boolean() }),
    fc.record({ kind: holding, inner: fc.array(tie('shape'), { maxLength: 3 }), chain: fc.boolean() }),
  ),
}));

/** Nested programs in which no failure is forgiven. */
function build(shapes: readonly Shape[], next: { id: number }): Json[] {
  let before: string | null = null;
  return shapes.map(({ kind, inner, chain }) => {
    const id = `s${next.id++}`;
    const on = chain && before !== null ? after(before) : {};
    before = id;
    const steps = inner.length === 0 ? [doAct(`s${next.id++}`)] : build(inner, next);
    const more = inner.length > 1 ? build(inner.slice(1), next) : [say(`s${next.id++}`, 1)];
    if (kind === 'say') return say(id, id, on);
    if (kind === 'block') return { id, type: 'block', config: { steps }, ...on };
    if (kind === 'parallel')
      return { id, type: 'parallel', config: { branches: { l: { steps }, r: { steps: more } } }, ...on };
    if (kind === 'loop') return { id, type: 'loop', config: { times: 2, steps }, ...on };
    if (kind === 'for_each')
      return { id, type: 'for_each', config: { items: [1, 2, 3], as: `as_${id}`, concurrency: 2, steps }, ...on };
    if (kind === 'switch') return { id, type: 'switch', config: { cases: [{ when: 'true', steps }] }, ...on };
    return doAct(id, on);
  });
}

/** After each step one that counts it. */
function counted(steps: readonly Json[]): Json[] {
  return steps.map((step, at) => {
    const on = after((step as { id: string }).id, ...(at === 0 ? [] : [`n${at - 1}`]));
    return { id: `n${at}`, type: 'set_variables', config: { n: '${ vars.n + 1 }' }, ...on };
  });
}

it('gives what the execution would have given, and no try that succeeded comes again, whatever failed and however often [F84]', () => {
  fc.assert(
    fc.property(fc.array(shape, { minLength: 1, maxLength: 4 }), fc.nat(), (shapes, seed) => {
      const steps = build(shapes, { id: 0 });
      const plan = planOf([...steps, ...counted(steps)], { variables: { n: 0 } });
      const good = simulate(plan, { answer: failing() });
      const dice = ({ path }: Try, round: number) =>
        [...`${seed}${path}${round}`].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, 7) % 10;
      const done = new Set<string>();
      const answering =
        (round: number) =>
        (each: Try): Answer => {
          expect(done.has(each.path)).toBe(false);
          if (round < 3 && dice(each, round) < 3) return { ...no, after: 1 + dice(each, 9) };
          done.add(each.path);
          return { output: each.path, after: 1 + dice(each, 9) };
        };
      let run = simulate(plan, { answer: answering(0), deaf: true });
      for (let round = 1; run.end?.status === 'FAILED'; round += 1)
        run = retry(plan, run, { answer: answering(round), deaf: true });
      expect(run.end).toEqual(good.end);
      expect(run.state.vars).toEqual(good.state.vars);
    }),
    { numRuns: 400 },
  );
});
