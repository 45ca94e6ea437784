import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildProgram, shapes } from '../../testing/definition/nested-program.ts';
import { after, doAct, planOf, say } from '../../testing/plan.ts';
import {
  contextInside,
  type Detached,
  rebuild,
  type Simulation,
  type SimulationOptions,
  simulate,
} from '../../testing/simulate.ts';
import { itemPlan } from '../definition/item-plan.ts';
import type { Plan } from '../definition/plan.ts';
import type { Json, JsonObject } from '../json.ts';
import { stepRows } from './step-rows.ts';

const each = (id: string, steps: readonly Json[], config: JsonObject = {}, more: JsonObject = {}): JsonObject => ({
  id,
  type: 'for_each',
  config: { items: 'input.list', wait: false, steps, ...config },
  ...more,
});
const list = (length: number) => Array.from({ length }, (_, n) => n);

function runItem(version: Plan, { stepId, outside, depth }: Detached, options: SimulationOptions = {}) {
  const plan = itemPlan(version, stepId)?.plan;
  if (plan === undefined) throw new Error(`no for_each ${stepId}`);
  return { plan, ...simulate(plan, { outside, depth, ...options }) };
}

describe('for_each with `wait: false`', () => {
  it('starts an execution for each item and succeeds with their ids, in order [WCP-12]', () => {
    const run = simulate(planOf([each('e', [doAct('a')])]), { input: { list: ['x', 'y', 'z'] } });
    expect(run.tried).toEqual([]);
    expect(run.detached.map(({ outside }) => outside)).toEqual([
      { item: 'x', index: 0 },
      { item: 'y', index: 1 },
      { item: 'z', index: 2 },
    ]);
    const ids = run.detached.map(({ executionId }) => executionId);
    expect(run.end).toMatchObject({ status: 'COMPLETED', output: { e: ids } });
    expect(run.took).toBe(0);
  });

  it('starts nothing for an empty list', () => {
    const run = simulate(planOf([each('e', [doAct('a')])]), { input: { list: [] } });
    expect(run).toMatchObject({ detached: [], end: { output: { e: [] } } });
  });

  it('goes on with what comes after it, and fails only by its own `items`', () => {
    const plan = planOf([each('e', [doAct('a')]), say('n', '${ size(steps.e.output) }', after('e'))]);
    expect(simulate(plan, { input: { list: [1, 2] } }).end).toMatchObject({ output: { n: 2 } });
    expect(simulate(plan, { input: { list: 7 } }).end).toMatchObject({
      status: 'FAILED',
      error: { code: 'expression_error', step: 'e' },
    });
  });

  it('stands 32 deep at most', () => {
    const plan = planOf([each('e', [doAct('a')])]);
    expect(simulate(plan, { input: { list: [1] }, depth: 31 }).detached).toMatchObject([{ depth: 32 }]);
    expect(simulate(plan, { input: { list: [1] }, depth: 32 }).end).toMatchObject({ error: { code: 'depth_limit' } });
  });

  it('starts 10,000 items in turns of a bounded size, each item once', () => {
    const plan = planOf([each('e', [doAct('a')])]);
    const run = simulate(plan, { input: { list: list(10_000) } });
    const turns = run.events.flatMap((event) => (event.e === 'detached' ? [event.ids.length] : []));
    expect(Math.max(...turns)).toBeLessThanOrEqual(500);
    expect(run.detached.map(({ index }) => index)).toEqual(list(10_000));
    expect(new Set(run.detached.map(({ executionId }) => executionId)).size).toBe(10_000);
  });

  it('starts fewer at once when what they are given is large', () => {
    const plan = planOf([each('e', [say('a', '${ input.text }')])]);
    const run = simulate(plan, { input: { list: list(10), text: 'x'.repeat(900_000) } });
    expect(run.events.flatMap((event) => (event.e === 'detached' ? [event.ids.length] : []))).toEqual([2, 2, 2, 2, 2]);
  });

  it('is one arrival, its list of ids, at a block that runs for each', () => {
    const seen = { id: 'b', type: 'block', join: 'each', config: { steps: [say('s', '${ arrival.outputs }')] } };
    const plan = planOf([each('e', [doAct('a')]), say('o', 1), { ...seen, ...after('e', 'o') }]);
    const run = simulate(plan, { input: { list: [1, 2] } });
    const ids = run.detached.map(({ executionId }) => executionId);
    expect(run.end).toMatchObject({ status: 'COMPLETED', output: { b: [[1], [ids]] } });
  });

  it('may be cancelled half way: what was started runs on, the rest never begins', () => {
    const plan = planOf([each('e', [doAct('a')])]);
    const run = simulate(plan, { input: { list: list(1_200) }, then: [{ at: 0, input: 'cancel' }] });
    expect(run.detached).toHaveLength(500);
    expect(run.cancelled).toEqual([]);
    expect(run.end).toMatchObject({ status: 'CANCELLED' });
  });

  it('has its own compensation where it has started all [F82]', () => {
    const undo = { compensate: { type: 'act', config: { ids: '${ steps.e.output }' } } };
    const plan = planOf([
      each('e', [doAct('a', { compensate: { type: 'act', config: {} } })], {}, undo),
      { id: 't', type: 'terminate', config: { status: 'FAILED' }, ...after('e') },
    ]);
    const run = simulate(plan, { input: { list: [1, 2] } });
    expect(run.tried.map(({ path, input }) => [path, input])).toEqual([
      ['e.compensate', { ids: run.detached.map(({ executionId }) => executionId) }],
    ]);
  });
});

describe('an item that is an execution of its own', () => {
  it('sees what was around it when it was started, and is given no more than it reads', () => {
    const plan = planOf(
      [
        say('before', { url: 'u', unread: 1 }),
        { id: 'set', type: 'set_variables', config: { n: 2 }, ...after('before') },
        {
          id: 'l',
          type: 'loop',
          ...after('set'),
          config: {
            times: 2,
            steps: [
              each(
                'e',
                [
                  say('a', [
                    '${ steps.before.output.url }',
                    '${ vars.n }',
                    '${ input.who.name }',
                    '${ loop.index }',
                    '${ order }',
                    '${ index }',
                  ]),
                ],
                { as: 'order' },
              ),
            ],
          },
        },
      ],
      { variables: { n: 1, unread: 1 } },
    );
    const run = simulate(plan, { input: { list: ['x'], who: { name: 'Ann', age: 7 }, unread: 1 } });
    expect(run.detached[1]?.outside).toEqual({
      steps: { before: { output: { url: 'u' } } },
      vars: { n: 2 },
      input: { who: { name: 'Ann' } },
      loop: { index: 1 },
      order: 'x',
      index: 0,
    });
    const item = runItem(plan, run.detached[1] as Detached);
    expect(item.end).toMatchObject({ status: 'COMPLETED', output: { a: ['u', 2, 'Ann', 1, 'x', 0] } });
  });

  it('sees the error around it in a handler, and its own in its own', () => {
    const told = say('t', '${ error.code }');
    const plan = planOf([
      doAct('a', { retry: { max_retries: 0 }, on_error: { steps: [each('e', [told], { items: [1] })] } }),
    ]);
    const run = simulate(plan, { answer: () => ({ error: { code: 'no', message: '', retryable: false } }) });
    expect(run.detached[0]?.outside).toMatchObject({ error: { code: 'no' } });
    expect(runItem(plan, run.detached[0] as Detached).end).toMatchObject({ output: { t: 'no' } });
  });

  it('has variables of its own, from those that were there', () => {
    const bump = { id: 'b', type: 'set_variables', config: { n: '${ vars.n + item }' } };
    const plan = planOf([each('e', [bump, say('s', '${ vars.n }', after('b'))])], { variables: { n: 1 } });
    const run = simulate(plan, { input: { list: [10, 20] } });
    expect(run.state.vars).toEqual({ n: 1 });
    const items = run.detached.map((item) => runItem(plan, item));
    expect(items.map(({ end }) => end?.output)).toEqual([{ s: 11 }, { s: 21 }]);
    expect(items.map(({ plan: of, events }) => rebuild(of, events).vars)).toEqual([{ n: 11 }, { n: 21 }]);
  });

  it('fails, and undoes its work, alone; the last steps of the workflow are not for it', () => {
    const undo = { compensate: { type: 'act', config: {} } };
    const plan = planOf([each('e', [doAct('a', undo), doAct('b', after('a'))])], {
      on_failure: [doAct('last')],
      timeout: 1,
      output: '${ steps.e.output }',
    });
    const run = simulate(plan, { input: { list: [1] } });
    const item = runItem(plan, run.detached[0] as Detached, {
      answer: ({ path }) =>
        path === 'b' ? { error: { code: 'no', message: '', retryable: false } } : { output: null, after: 5 },
    });
    expect(item.end).toMatchObject({ status: 'FAILED', error: { code: 'no', step: 'b', details: { path: 'b' } } });
    expect(item.tried.map(({ path }) => path)).toEqual(['a', 'b', 'a.compensate']);
    expect(run.end?.status).toBe('COMPLETED');
  });

  it('shows its own steps and no others, with what they were given', () => {
    const plan = planOf([
      say('before', 5),
      each('e', [doAct('a', { config: { n: '${ steps.before.output }' } })], {}, after('before')),
    ]);
    const run = simulate(plan, { input: { list: [1] } });
    const item = runItem(plan, run.detached[0] as Detached);
    const context = contextInside(run.detached[0]?.outside ?? {});
    const rows = stepRows(item.plan, item.state).map((row) => [row.path, row.status, row.input(context)]);
    expect(rows).toEqual([['a', 'SUCCESS', { n: 5 }]]);
    expect(stepRows(plan, run.state).map(({ path, status }) => [path, status])).toEqual([
      ['before', 'SUCCESS'],
      ['e', 'SUCCESS'],
      ['e.item.a', 'SKIPPED'],
    ]);
  });

  it('may hold others, which see through it', () => {
    const inner = each('f', [say('s', '${ steps.before.output } ${ order } ${ item } ${ vars.n }')], { items: [7] });
    const plan = planOf([say('before', 'b'), each('e', [inner], { as: 'order' }, after('before'))], {
      variables: { n: 1 },
    });
    const outer = runItem(plan, simulate(plan, { input: { list: ['x'] } }).detached[0] as Detached);
    expect(runItem(plan, outer.detached[0] as Detached).end).toMatchObject({ output: { s: 'b x 7 1' } });
  });
});

/** Every `for_each` of the program waits for nothing. */
function detach(value: Json): Json {
  if (Array.isArray(value)) return value.map(detach);
  if (typeof value !== 'object' || value === null) return value;
  const { type, config } = value as JsonObject;
  const inner = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, detach(each)]));
  if (type !== 'for_each') return inner;
  const { complete_when: _, add_signal: __, ...kept } = detach(config as Json) as JsonObject;
  return { ...inner, config: { ...kept, wait: false } };
}

/** Programs that say all they see, round for round, may say more than fits. */
function endsWell({ end }: Simulation): void {
  expect(['none', 'expression_too_expensive', 'output_too_large']).toContain(end?.error?.code ?? 'none');
  expect(end).toBeDefined();
}

describe('any nested program whose items are executions of their own [property]', () => {
  it('runs to its end, and so does each of them, with every value that it reads, through any restart', () => {
    let items = 0;
    fc.assert(
      fc.property(shapes, fc.array(fc.nat(20), { maxLength: 3 }), (shape, restarts) => {
        const { steps, all } = buildProgram(shape);
        for (const { id, document } of all) if (document['type'] === 'cancel') Object.assign(document, say(id, 1));
        const plan = planOf(detach(steps) as readonly Json[]);
        const then = restarts.map((at) => ({ at, input: 'restart' as const }));
        const first = simulate(plan, { input: { list: ['x', 'y'], x: false }, then });
        endsWell(first);
        for (const open = [...first.detached]; open.length > 0; items += 1) {
          const run = runItem(plan, open.pop() as Detached, { then });
          endsWell(run);
          open.push(...run.detached);
        }
      }),
      { numRuns: 100 },
    );
    expect(items).toBeGreaterThan(50);
  });
});
