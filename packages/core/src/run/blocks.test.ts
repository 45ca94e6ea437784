import { describe, expect, it } from 'vitest';
import { after, doAct, planOf, say } from '../../testing/plan.ts';
import { type Answer, contextOf, simulate, type Try } from '../../testing/simulate.ts';
import type { Json } from '../json.ts';
import { decide } from './decide.ts';
import { createState } from './state.ts';
import { stepRows } from './step-rows.ts';

const no: Answer = { error: { code: 'no', message: 'no', retryable: false } };
const failing =
  (...paths: string[]) =>
  (attempt: Try): Answer =>
    paths.includes(attempt.path) ? no : { output: attempt.path };

function rows(plan: ReturnType<typeof planOf>, run: ReturnType<typeof simulate>): string[] {
  return stepRows(plan, run.state).map(({ path, status }) => `${path} ${status}`);
}

const block = (id: string, steps: readonly Json[], more = {}) => ({ id, type: 'block', config: { steps }, ...more });
const loop = (id: string, config: { readonly [field: string]: Json }, more = {}) => ({
  id,
  type: 'loop',
  config,
  ...more,
});
const each = (id: string, config: { readonly [field: string]: Json }, more = {}) => ({
  id,
  type: 'for_each',
  config,
  ...more,
});

describe('block', () => {
  it('groups steps: its output is that of its last step that ran', () => {
    const run = simulate(
      planOf([
        block('b', [say('one', 1), say('two', '${ steps.one.output + 1 }', after('one'))]),
        say('end', '${ steps.b.output }', after('b')),
      ]),
    );
    expect(run.end?.output).toEqual({ end: 2 });
  });

  it('undoes what succeeded inside before its handler runs, when that is asked for', () => {
    const undo = { compensate: { type: 'act', config: {} } };
    const handler = { steps: [say('rescued', '${ error.code }')], compensate: true };
    const plan = planOf([block('b', [doAct('order', undo), doAct('pay', after('order'))], { on_error: handler })]);
    const run = simulate(plan, { answer: failing('b.body.pay') });
    expect(run.tried.map(({ path }) => path)).toEqual(['b.body.order', 'b.body.pay', 'b.body.order.compensate']);
    expect(run.end).toMatchObject({ status: 'COMPLETED', output: { b: 'no' } });
  });

  it('that succeeded and has its own compensation is undone by that alone [E17]', () => {
    const undo = { compensate: { type: 'act', config: {} } };
    const plan = planOf([block('b', [doAct('in', undo)], undo), doAct('bad', after('b'))]);
    const run = simulate(plan, { answer: failing('bad') });
    expect(run.tried.map(({ path }) => path)).toEqual(['b.body.in', 'bad', 'b.compensate']);
  });
});

describe('parallel', () => {
  const branch = (id: string): Json => ({ steps: [doAct(id)] });
  const timed =
    (times: Record<string, number>) =>
    ({ path }: Try): Answer => ({ output: path, after: times[path.split('.').at(-1) ?? ''] ?? 1 });

  it('runs its branches at the same time, and gives their outputs by name [E3 WCP2 WCP3]', () => {
    const plan = planOf([
      { id: 'p', type: 'parallel', config: { branches: { left: branch('l'), right: branch('r') } } },
    ]);
    const run = simulate(plan, { answer: timed({ l: 50, r: 20 }) });
    expect(run).toMatchObject({ took: 50, end: { output: { p: { left: 'p.left.l', right: 'p.right.r' } } } });
  });

  it('with join any goes on with the first, and the execution ends after the others [WCP9]', () => {
    const config = { join: 'any', branches: { slow: branch('s'), quick: branch('q') } };
    const plan = planOf([{ id: 'p', type: 'parallel', config }, doAct('next', after('p'))]);
    const run = simulate(plan, { answer: timed({ s: 100, q: 10 }) });
    expect(run.tried.map(({ path }) => path)).toEqual(['p.slow.s', 'p.quick.q', 'next']);
    expect(stepRows(plan, run.state).find(({ path }) => path === 'p')?.output).toEqual({ quick: 'p.quick.q' });
    expect(run).toMatchObject({ took: 100, end: { status: 'COMPLETED' } });
  });

  it('counts the failure of a branch that nothing waited for', () => {
    const config = { join: 'any', branches: { slow: branch('s'), quick: branch('q') } };
    const plan = planOf([{ id: 'p', type: 'parallel', config }]);
    const run = simulate(plan, { answer: ({ path }) => (path.endsWith('s') ? { ...no, after: 100 } : { output: 1 }) });
    expect(run).toMatchObject({ took: 100, end: { status: 'FAILED', error: { step: 's' } } });
  });

  it('waits for a branch that nothing else waits for when it is cancelled, however that ends', () => {
    const config = { join: 'any', branches: { slow: branch('s'), quick: branch('q') } };
    const plan = planOf([{ id: 'p', type: 'parallel', config }]);
    const run = simulate(plan, { answer: timed({ s: 100, q: 10 }), then: [{ at: 50, input: 'cancel' }], deaf: true });
    expect(run).toMatchObject({ took: 100, end: { status: 'CANCELLED' } });
  });

  it('with cancel_remaining withdraws the branches that have not ended [WCP29 WCP32]', () => {
    const config = { join: { count: 1 }, cancel_remaining: true, branches: { slow: branch('s'), quick: branch('q') } };
    const plan = planOf([{ id: 'p', type: 'parallel', config }]);
    const run = simulate(plan, { answer: timed({ s: 100, q: 10 }) });
    expect(run).toMatchObject({ took: 10, end: { status: 'COMPLETED' } });
    expect(rows(plan, run)).toEqual(['p SUCCESS', 'p.slow.s SKIPPED', 'p.quick.q SUCCESS']);
  });
});

describe('loop', () => {
  const inc = { id: 'inc', type: 'set_variables', config: { n: '${ vars.n + 1 }' } };

  it('goes on while its condition holds, and not at all when it never does [E5 WCP21]', () => {
    const plan = (n: number) =>
      planOf([loop('l', { while: 'vars.n < 5', steps: [inc] }), say('end', '${ vars.n }', after('l'))], {
        variables: { n },
      });
    expect(simulate(plan(0)).end?.output).toEqual({ end: 5 });
    expect(simulate(plan(9)).end?.output).toEqual({ end: 9 });
  });

  it('goes on until its condition holds, asked with the steps of the round in view', () => {
    const plan = planOf([loop('l', { until: 'steps.ask.output.n == 3', steps: [doAct('ask')] })]);
    const run = simulate(plan, { answer: ({ path }) => ({ output: { n: Number(path.split('.')[1]) + 1 } }) });
    expect(run.tried.map(({ path, idempotencyKey }) => `${path} ${idempotencyKey}`)).toEqual([
      'l.0.ask x/l.0.ask/0/0',
      'l.1.ask x/l.1.ask/0/0',
      'l.2.ask x/l.2.ask/0/0',
    ]);
    expect(run.end?.output).toEqual({ l: { n: 3 } });
  });

  it('counts, and shows each round its number and the output before it', () => {
    const plan = planOf([loop('l', { times: 5, steps: [say('x', '${ loop.index == 0 ? 1 : loop.previous * 2 }')] })]);
    expect(simulate(plan).end?.output).toEqual({ l: 16 });
  });

  it('asks how often it is to go round once, when it begins', () => {
    const shrinks = { id: 'shrink', type: 'set_variables', config: { n: 0 } };
    const plan = planOf([loop('l', { times: '${ vars.n }', steps: [shrinks, doAct('call')] })], {
      variables: { n: 3 },
    });
    expect(simulate(plan, { then: [{ at: 1, input: 'restart' }] }).end?.status).toBe('COMPLETED');
    expect(simulate(plan).tried).toHaveLength(3);
    const half = planOf([loop('l', { times: '${ input.n }', steps: [doAct('call')] })]);
    expect(simulate(half, { input: { n: 1.5 } }).end).toMatchObject({
      status: 'FAILED',
      error: { code: 'expression_error' },
    });
  });

  it('and for_each without steps end at once', () => {
    const plan = planOf([loop('l', { times: 3, steps: [] }), each('e', { items: [1, 2], concurrency: 1, steps: [] })]);
    expect(simulate(plan).end).toMatchObject({ status: 'COMPLETED', output: { l: null, e: [null, null] } });
  });

  it('fails over its limit of rounds', () => {
    const run = simulate(planOf([loop('l', { while: 'true', max_iterations: 10, steps: [say('x', 1)] })]));
    expect(run.end).toMatchObject({ status: 'FAILED', error: { code: 'loop_limit', step: 'l' } });
  });

  it('goes through 20,000 rounds in turns, also when the process dies between them', () => {
    const plan = planOf([loop('l', { times: 20_000, max_iterations: 100_000, steps: [inc] })], {
      variables: { n: 0 },
      output: '${ vars.n }',
    });
    expect(simulate(plan, { then: [{ at: 0, input: 'restart' }] }).end?.output).toBe(20_000);
  });
});

describe('a long stretch of pure work', () => {
  const around = {
    context: contextOf(),
    entropy: { uuid: () => 'u', random: () => 0, executionId: () => 'e' },
  };

  it('is cut into turns by what its expressions cost [F65]', () => {
    const heavy = Array.from({ length: 20 }, (_, n) => say(`s${n}`, '${ range(20000).map(n, n + 1).size() }'));
    const plan = planOf(heavy);
    const state = createState(plan);
    let turns = 1;
    for (let last = decide(plan, state, { kind: 'start', at: 1 }, around); last.more; turns += 1) {
      expect(last.events.length).toBeLessThan(8);
      last = decide(plan, state, { kind: 'continue', at: 1 }, around);
    }
    expect(turns).toBeGreaterThan(4);
    expect(state.status).toBe('COMPLETED');
  });

  it('never sees time go back, whoever says what time it is [F46]', () => {
    const plan = planOf([{ id: 'nap', type: 'wait', config: { for: 100 } }]);
    const state = createState(plan);
    decide(plan, state, { kind: 'start', at: 10_000 }, around);
    const { events } = decide(plan, state, { kind: 'cancel', at: 4_000 }, around);
    expect(events.every(({ at }) => at >= 10_000)).toBe(true);
  });
});

describe('for_each', () => {
  it('keeps the order of the items, and runs so many at a time [E5 WCP14]', () => {
    const plan = planOf([
      each('e', {
        items: '${ input.list }',
        concurrency: 2,
        steps: [doAct('call', { config: { v: '${ item }', i: '${ index }' } })],
      }),
    ]);
    const run = simulate(plan, {
      input: { list: [30, 10, 20] },
      answer: ({ input }) => ({ output: input, after: (input as { v: number }).v }),
    });
    expect(run.end?.output).toEqual({
      e: [
        { v: 30, i: 0 },
        { v: 10, i: 1 },
        { v: 20, i: 2 },
      ],
    });
    expect(run.took).toBe(30);
    expect(new Set(run.tried.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(3);
  });

  it('gives an empty list for no items', () => {
    expect(simulate(planOf([each('e', { items: [], steps: [doAct('call')] })])).end?.output).toEqual({ e: [] });
  });

  it('fails with the first item that fails, and stops the others', () => {
    const plan = planOf([each('e', { items: [0, 1, 2], concurrency: 2, steps: [doAct('call')] })]);
    const run = simulate(plan, { answer: ({ path }) => (path === 'e.1.call' ? no : { output: 1, after: 60_000 }) });
    expect(run.end).toMatchObject({ status: 'FAILED', error: { step: 'call', details: { path: 'e.1.call' } } });
    expect(rows(plan, run)).toEqual(['e FAILED', 'e.0.call FAILED', 'e.1.call FAILED']);
  });

  it('forgives as many failed items as max_failures says, and no more', () => {
    const plan = planOf([
      each('e', { items: [0, 1, 2], concurrency: 1, on_item_error: { max_failures: 1 }, steps: [doAct('call')] }),
    ]);
    expect(simulate(plan, { answer: failing('e.1.call') }).end).toMatchObject({
      status: 'COMPLETED',
      output: { e: ['e.0.call', null, 'e.2.call'] },
    });
    expect(simulate(plan, { answer: failing('e.0.call', 'e.1.call') }).end?.status).toBe('FAILED');
  });

  it('with continue forgives them all', () => {
    const plan = planOf([each('e', { items: [0, 1], on_item_error: 'continue', steps: [doAct('call')] })]);
    expect(simulate(plan, { answer: () => no }).end).toMatchObject({
      status: 'COMPLETED',
      output: { e: [null, null] },
    });
  });

  it('completes when its condition holds, and withdraws the rest [WCP36 WCP35]', () => {
    const plan = planOf([each('e', { items: [1, 2, 3], complete_when: 'succeeded >= 2', steps: [doAct('call')] })]);
    const run = simulate(plan, { answer: ({ path }) => ({ output: path, after: path === 'e.0.call' ? 500 : 5 }) });
    expect(run).toMatchObject({ took: 5, end: { status: 'COMPLETED', output: { e: [null, 'e.1.call', 'e.2.call'] } } });
  });

  it('with remaining ignore goes on, and the execution ends after the rest [WCP34]', () => {
    const plan = planOf([
      each('e', { items: [1, 2], complete_when: 'done == 1', remaining: 'ignore', steps: [doAct('call')] }),
      say('end', 'x', after('e')),
    ]);
    const run = simulate(plan, {
      answer: ({ path }) => (path === 'e.0.call' ? { ...no, after: 500 } : { output: 1, after: 5 }),
    });
    expect(run).toMatchObject({ took: 500, end: { status: 'COMPLETED', output: { end: 'x' } } });
  });

  it('is linear in its items', () => {
    const items = Array.from({ length: 10_000 }, (_, n) => n);
    const run = simulate(
      planOf([each('e', { items: '${ input.items }', steps: [say('x', '${ item * 2 }')] })], {
        output: '${ steps.e.output[9999] }',
      }),
      { input: { items } },
    );
    expect(run.end?.output).toBe(19_998);
  });

  it('undoes the items that succeeded, each with its own scope, last finished first [E17]', () => {
    const undo = { compensate: { type: 'act', config: { v: '${ item }', was: '${ steps.call.output }' } } };
    const plan = planOf([
      each('e', { items: ['a', 'b'], concurrency: 1, steps: [doAct('call', undo)] }),
      doAct('bad', after('e')),
    ]);
    const run = simulate(plan, { answer: failing('bad') });
    expect(run.tried.slice(3).map(({ input }) => input)).toEqual([
      { v: 'b', was: 'e.1.call' },
      { v: 'a', was: 'e.0.call' },
    ]);
  });
});

describe('cancel', () => {
  it('withdraws another branch, and what follows it [WCP19 WCP25]', () => {
    const plan = planOf([
      { id: 'nap', type: 'wait', config: { for: '1h' } },
      doAct('never', after('nap')),
      doAct('found'),
      { id: 'enough', type: 'cancel', config: { steps: ['nap'] }, depends_on: ['found'] },
    ]);
    const run = simulate(plan);
    expect(rows(plan, run)).toEqual(['nap SKIPPED', 'never SKIPPED', 'found SUCCESS', 'enough SUCCESS']);
    expect(run).toMatchObject({ took: 1, end: { status: 'COMPLETED' } });
  });

  it('withdraws a step of another branch, and what follows it there [WCP19]', () => {
    const branches = {
      a: {
        steps: [{ id: 'nap', type: 'wait', config: { for: '1h' } }, say('never', 1, after('nap')), say('other', 2)],
      },
      b: { steps: [doAct('found'), { id: 'stop', type: 'cancel', config: { steps: ['nap'] }, ...after('found') }] },
    };
    const plan = planOf([{ id: 'p', type: 'parallel', config: { branches } }]);
    const run = simulate(plan);
    expect(run).toMatchObject({ took: 1, end: { status: 'COMPLETED' } });
    expect(rows(plan, run)).toContain('p.a.nap SKIPPED');
    expect(rows(plan, run)).toContain('p.a.other SUCCESS');
  });

  it.each(['skip', 'complete'])(
    'ends a block in every open item of a for_each, those to come are not affected (%s) [WCP26 WCP27]',
    (outcome) => {
      const inner = {
        id: 'b',
        type: 'block',
        config: { steps: [say('s', { in: '${ item }' }), { id: 'nap', type: 'wait', config: { for: 100 } }] },
      };
      const plan = planOf([
        each('e', { items: [1, 2, 3], concurrency: 2, steps: [inner] }),
        doAct('found'),
        { id: 'stop', type: 'cancel', config: { steps: ['b'], outcome }, ...after('found') },
      ]);
      const run = simulate(plan);
      expect(run.took).toBe(101);
      expect(rows(plan, run).filter((row) => row.includes('.b '))).toEqual(
        ['e.0.b', 'e.1.b', 'e.2.b'].map(
          (path, at) => `${path} ${at === 2 || outcome === 'complete' ? 'SUCCESS' : 'SKIPPED'}`,
        ),
      );
    },
  );

  it('stays within the item that it stands in', () => {
    const steps = [
      { id: 'nap', type: 'wait', config: { for: 50 } },
      { id: 'stop', type: 'cancel', config: { steps: ['nap'] }, when: 'item == 1' },
    ];
    const plan = planOf([each('e', { items: [1, 2], steps })]);
    const run = simulate(plan);
    expect(rows(plan, run)).toContain('e.0.nap SKIPPED');
    expect(rows(plan, run)).toContain('e.1.nap SUCCESS');
  });

  it('completes a block with the output of its last-listed step that ran [WCP26]', () => {
    const nap = { id: 'nap', type: 'wait', config: { for: '1h' } };
    const steps = [say('first', 'a'), say('second', 'b'), nap, say('never', 'c', after('nap'))];
    const plan = planOf([
      { id: 'b', type: 'block', config: { steps } },
      doAct('found'),
      { id: 'enough', type: 'cancel', config: { steps: ['b'], outcome: 'complete' }, ...after('found') },
    ]);
    const run = simulate(plan);
    expect(stepRows(plan, run.state)[0]).toMatchObject({ path: 'b', status: 'SUCCESS', output: 'b' });
    expect(rows(plan, run)).toContain('b.body.nap SKIPPED');
  });

  it('completes a for_each with what it has [WCP27]', () => {
    const plan = planOf([
      each('e', { items: [1, 2], steps: [doAct('call')] }),
      doAct('found'),
      { id: 'enough', type: 'cancel', config: { steps: ['e'], outcome: 'complete' }, depends_on: ['found'] },
    ]);
    const run = simulate(plan, {
      answer: ({ path }) => ({ output: path, after: path === 'e.1.call' ? 1_000 : path === 'found' ? 10 : 5 }),
    });
    expect(stepRows(plan, run.state)[0]).toMatchObject({ path: 'e', status: 'SUCCESS', output: ['e.0.call', null] });
    expect(run.took).toBe(10);
  });
});

describe('pause and resume', () => {
  const nap = { id: 'nap', type: 'wait', config: { for: 300 } };

  it('begins nothing while it is paused, and goes on where it was [E19]', () => {
    const plan = planOf([doAct('one'), { ...nap, ...after('one') }, doAct('two', after('nap'))]);
    const run = simulate(plan, {
      then: [
        { at: 10, input: 'pause' },
        { at: 1_200, input: 'resume' },
      ],
    });
    expect(run.tried.map(({ path }) => path)).toEqual(['one', 'two']);
    expect(run).toMatchObject({ took: 1_201, end: { status: 'COMPLETED' } });
  });

  it('records what was running when it was paused', () => {
    const plan = planOf([doAct('one'), doAct('two', after('one'))]);
    const run = simulate(plan, {
      answer: () => ({ output: 1, after: 100 }),
      then: [
        { at: 50, input: 'pause' },
        { at: 500, input: 'resume' },
      ],
    });
    expect(run).toMatchObject({ took: 600, end: { status: 'COMPLETED' } });
    expect(stepRows(plan, run.state)[0]).toMatchObject({ status: 'SUCCESS', finishedAt: Date.UTC(2026, 0, 1) + 100 });
  });

  it('cancels a paused execution', () => {
    const run = simulate(planOf([nap]), {
      then: [
        { at: 10, input: 'pause' },
        { at: 20, input: 'cancel' },
      ],
    });
    expect(run).toMatchObject({ took: 20, end: { status: 'CANCELLED' } });
  });

  it('goes on after a crash while it was paused', () => {
    const then = [
      { at: 10, input: 'pause' as const },
      { at: 20, input: 'restart' as const },
      { at: 400, input: 'resume' as const },
    ];
    expect(simulate(planOf([nap, doAct('two', after('nap'))]), { then })).toMatchObject({
      took: 401,
      end: { status: 'COMPLETED' },
    });
  });
});
