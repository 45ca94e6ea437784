import { describe, expect, it } from 'vitest';
import { after, doAct, planOf, say } from '../../testing/plan.ts';
import { type Answer, rebuild, type Simulation, simulate, type Try } from '../../testing/simulate.ts';
import type { Json } from '../json.ts';
import { stepRows } from './step-rows.ts';

type Fields = { readonly [field: string]: Json };

const block = (id: string, join: Json, steps: readonly Json[], more: Fields = {}): Json => ({
  id,
  type: 'block',
  join,
  config: { steps },
  ...more,
});
const items = (id: string, list: Json, more: Fields = {}): Json => ({
  id,
  type: 'for_each',
  config: { items: list, steps: [doAct(`${id}-act`, { config: { n: '${ item }' } })] },
  ...more,
});
/** Tries end with their input, or their path, after as many milliseconds as the table says. */
const taking =
  (times: Readonly<Record<string, number>>) =>
  ({ path }: Try): Answer => ({ output: path, after: times[path] ?? 1 });
const tried = ({ tried: all }: Simulation) => all.map(({ path }) => path);
const statuses = (plan: ReturnType<typeof planOf>, { state }: Simulation) =>
  Object.fromEntries(stepRows(plan, state).map(({ path, status }) => [path, status]));

describe('a block with join each', () => {
  it('runs once for each dependency that succeeds, at once, and its output is theirs in the order of arrival [WCP8]', () => {
    const plan = planOf([
      doAct('a'),
      doAct('b'),
      doAct('c', { on_error: 'continue' }),
      block(
        'tell',
        'each',
        [doAct('send'), say('said', '${ arrival.step + arrival.output }', after('send'))],
        after('a', 'b', 'c'),
      ),
      say('end', '${ steps.tell.output }', after('tell')),
    ]);
    const answer = (attempt: Try): Answer =>
      attempt.path === 'c'
        ? { error: { code: 'no', message: 'no', retryable: false } }
        : taking({ a: 50, b: 10, 'tell.0.send': 100 })(attempt);
    const run = simulate(plan, { answer });
    expect(tried(run)).toEqual(['a', 'b', 'c', 'tell.0.send', 'tell.1.send']);
    expect(run).toMatchObject({ took: 110, end: { status: 'COMPLETED', output: { end: ['bb', 'aa'] } } });
  });

  it('asks its when once for each arrival, with the arrival in view', () => {
    const plan = planOf([
      say('a', 1),
      say('b', 5),
      say('c', 3),
      block('big', 'each', [say('x', '${ arrival.output * 10 }')], {
        ...after('a', 'b', 'c'),
        when: 'arrival.output > 2',
      }),
    ]);
    const run = simulate(plan);
    expect(run.end?.output).toEqual({ big: [50, 30] });
    const none = planOf([
      say('a', 1),
      say('b', 2),
      block('big', 'each', [say('x', 1)], { ...after('a', 'b'), when: 'arrival.output > 2' }),
    ]);
    expect(statuses(none, simulate(none))).toMatchObject({ big: 'SKIPPED' });
  });

  it('is SKIPPED when nothing arrives', () => {
    const never = { when: 'input.yes' };
    const plan = planOf([
      say('a', 1, never),
      say('b', 1, never),
      block('e', 'each', [say('x', 1)], after('a', 'b')),
      say('end', 1, after('e')),
    ]);
    expect(statuses(plan, simulate(plan, { input: { yes: false } }))).toMatchObject({ e: 'SKIPPED', end: 'SKIPPED' });
  });

  it('runs for each item of a for_each as soon as it has ended: one thread is split into many [WCP42]', () => {
    const plan = planOf([
      items('orders', [1, 2, 3]),
      block('ship', 'each', [doAct('pack'), say('n', '${ arrival.index }', after('pack'))], after('orders')),
    ]);
    const run = simulate(plan, { answer: taking({ 'orders.0.orders-act': 30, 'orders.2.orders-act': 10 }) });
    expect(tried(run).slice(3)).toEqual(['ship.0.pack', 'ship.1.pack', 'ship.2.pack']);
    expect(run).toMatchObject({ took: 31, end: { output: { ship: [0, 1, 2] } } });
  });

  it('with a number runs once for so many arrivals, and what is left over lets nothing run [WCP41]', () => {
    const plan = planOf([
      items('orders', [1, 2, 3, 4, 5]),
      block('load', { each: 2 }, [say('truck', '${ size(arrival.outputs) }')], after('orders')),
    ]);
    expect(simulate(plan).end?.output).toEqual({ load: [2, 2] });
  });

  it('goes on to whatever runs for each of its own runs', () => {
    const plan = planOf([
      say('a', 'a'),
      say('b', 'b'),
      block(
        'one',
        'each',
        [doAct('wait-one'), say('s', '${ arrival.output + "1" }', after('wait-one'))],
        after('a', 'b'),
      ),
      block('two', 'each', [say('t', '${ arrival.output + "2" }')], after('one')),
    ]);
    expect(simulate(plan).end?.output).toEqual({ two: ['a12', 'b12'] });
  });

  it('fails when a run fails: the others stop, and its handler undoes what had succeeded when it says so', () => {
    const undo = { compensate: { type: 'act', config: { of: '${ arrival.output }' } } };
    const plan = planOf([
      say('a', 1),
      say('b', 2),
      block('e', 'each', [doAct('pay', undo), doAct('then', after('pay'))], {
        ...after('a', 'b'),
        on_error: { steps: [say('handled', '${ error.step }')], compensate: true },
      }),
    ]);
    const answer = ({ path }: Try): Answer =>
      path === 'e.1.then'
        ? { error: { code: 'no', message: 'no', retryable: false } }
        : { output: path, after: path === 'e.0.then' ? 500 : 5 };
    const run = simulate(plan, { answer });
    expect(run.end).toMatchObject({ status: 'COMPLETED', output: { e: 'then' } });
    const undone = run.tried.filter(({ path }) => path.endsWith('compensate'));
    expect(undone.map(({ path, input }) => [path, input])).toEqual([
      ['e.1.pay.compensate', { of: 2 }],
      ['e.0.pay.compensate', { of: 1 }],
    ]);
  });

  it('fails when its time is over, also while it waits for more to arrive', () => {
    const plan = planOf([
      say('a', 1),
      doAct('slow'),
      block('e', 'each', [say('x', 1)], { ...after('a', 'slow'), timeout: 20 }),
    ]);
    const run = simulate(plan, { answer: taking({ slow: 100 }) });
    expect(run.end).toMatchObject({ status: 'FAILED', error: { code: 'timeout', step: 'e' } });
  });

  it('takes up what arrived while the execution was paused, and after its process died', () => {
    const plan = planOf([
      doAct('a'),
      doAct('b'),
      block('e', 'each', [doAct('x'), say('y', '${ arrival.step }', after('x'))], after('a', 'b')),
    ]);
    const answer = taking({ a: 20, b: 10, 'e.0.x': 50 });
    const paused = simulate(plan, {
      answer,
      then: [
        { at: 5, input: 'pause' },
        { at: 40, input: 'resume' },
      ],
    });
    expect(paused.end?.output).toEqual({ e: ['b', 'a'] });
    const died = simulate(plan, {
      answer,
      then: [
        { at: 15, input: 'restart' },
        { at: 40, input: 'restart' },
      ],
    });
    expect(died.end?.output).toEqual({ e: ['b', 'a'] });
    expect(rebuild(plan, died.events).ended.count).toBe(died.state.ended.count);
  });

  it('is withdrawn and begins anew when a goto leads back before it', () => {
    const plan = planOf(
      [
        { id: 'counted', type: 'set_variables', config: { n: '${ vars.n + 1 }' } },
        say('a', '${ vars.n }', after('counted')),
        say('b', 'b'),
        block('e', 'each', [doAct('x'), say('y', '${ arrival.output }', after('x'))], after('a', 'b')),
        { id: 'again', type: 'goto', config: { step: 'counted' }, when: 'vars.n < 2', ...after('e') },
      ],
      { variables: { n: 0 }, output: '${ steps.e.output }' },
    );
    const run = simulate(plan);
    expect(tried(run)).toEqual(['e.0.x', 'e.1.x', 'e@1.0.x', 'e@1.1.x']);
    expect(run.end?.output).toEqual(['b', 2]);
  });

  it('completed by a cancel has what its runs that ended gave', () => {
    const plan = planOf([
      say('a', 'a'),
      doAct('never'),
      block('e', 'each', [say('x', '${ arrival.output }')], after('a', 'never')),
      doAct('soon'),
      { id: 'enough', type: 'cancel', config: { steps: ['e'], outcome: 'complete' }, ...after('soon') },
    ]);
    const run = simulate(plan, { answer: taking({ never: 100, soon: 10 }) });
    expect(run.end?.output).toMatchObject({ e: ['a'] });
  });
});

describe('a block with join sets', () => {
  const pairs = (join: Json) =>
    planOf([
      items('left', [1, 2, 3]),
      items('right', [1, 2]),
      block('pair', join, [say('p', '${ arrival.outputs }')], after('left', 'right')),
    ]);

  it('runs once for each complete set: arrivals queue, and the first of each dependency belong together [WCP33]', () => {
    const answer = ({ path, input }: Try): Answer => ({
      output: (input as { n: Json }).n,
      after: path.startsWith('left') ? 5 : 50,
    });
    expect(simulate(pairs('sets'), { answer }).end?.output).toEqual({
      pair: [
        { left: 1, right: 1 },
        { left: 2, right: 2 },
      ],
    });
  });

  it('with a number runs when so many of a set are there, and the rest of that set starts nothing [WCP28 WCP31]', () => {
    const answer = ({ path, input }: Try): Answer => ({
      output: (input as { n: Json }).n,
      after: path.startsWith('left') ? 5 : 50,
    });
    expect(simulate(pairs({ sets: 1 }), { answer }).end?.output).toEqual({
      pair: [{ left: 1 }, { left: 2 }, { left: 3 }],
    });
    const three = planOf([
      doAct('a'),
      doAct('b'),
      doAct('c'),
      block('most', { sets: 2 }, [say('who', '${ arrival.outputs }')], after('a', 'b', 'c')),
    ]);
    const run = simulate(three, { answer: taking({ a: 30, b: 10, c: 20 }) });
    expect(run).toMatchObject({ took: 30, end: { output: { most: [{ b: 'b', c: 'c' }] } } });
  });
});
