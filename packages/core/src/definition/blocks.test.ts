import { describe, expect, it } from 'vitest';
import { testActions } from '../../testing/definition/actions.ts';
import { http, say, wf } from '../../testing/definition/refusal.ts';
import type { Json, JsonObject } from '../json.ts';
import { compile } from './compile.ts';
import type { Plan, PlanStep, Work } from './plan.ts';
import { controlTypes } from './types/index.ts';

const typed = (type: string, config: JsonObject, more: JsonObject = {}): JsonObject => ({
  id: type,
  type,
  config,
  ...more,
});
const branch = (...steps: Json[]): JsonObject => ({ steps });
const each = (steps: Json, config: JsonObject = {}) => typed('for_each', { items: 'input.list', steps, ...config });
const sets = (id: string, more: JsonObject = {}): JsonObject => ({
  id,
  type: 'set_variables',
  config: { n: 1 },
  ...more,
});

function planOf(steps: Json, more: JsonObject = {}): Plan {
  const result = compile(wf(steps, more), testActions);
  if ('errors' in result) throw new Error(JSON.stringify(result.errors));
  return result.plan;
}

const warningsOf = (steps: Json): readonly string[] =>
  compile(wf(steps), testActions).warnings.map(({ code, pointer }) => `${code} ${pointer}`);

const step = (plan: Plan, id: string) => plan.steps[plan.stepIndex.get(id) ?? -1] as PlanStep;
const blocksOf = (plan: Plan) => plan.blocks.map(({ name, kind, owner, steps }) => [name, kind, owner, steps]);

function workOf<K extends Work['kind']>(kind: K, config: JsonObject): Extract<Work, { kind: K }> {
  const { work } = step(planOf([typed(kind, config)], { variables: { n: 1 } }), kind);
  if (work.kind !== kind) throw new Error(work.kind);
  return work as Extract<Work, { kind: K }>;
}

describe('the plan of a block', () => {
  it('has one inner block, a timeout of the whole, and a handler that may undo first [WCP22]', () => {
    const plan = planOf([
      typed('block', branch(http('a'), http('b', { depends_on: ['a'] })), {
        timeout: '1m',
        on_error: { steps: [say('h', '${ error.code }')], compensate: true },
        compensate: { type: 'http_request', config: { url: '${ json(steps.block.output) }' } },
      }),
    ]);
    expect(blocksOf(plan)).toEqual([
      ['', 'top', null, [0]],
      ['body', 'case', 0, [1, 2]],
      ['error', 'handler', 0, [3]],
      ['compensate', 'compensation', 0, [4]],
    ]);
    expect(step(plan, 'block')).toMatchObject({
      timeoutMs: 60_000,
      onError: { kind: 'handler', block: 2, compensate: true },
      compensation: 3,
      work: { kind: 'block', block: 1 },
    });
  });
});

describe('the plan of a parallel', () => {
  it('has a block for each branch, as listed; all of them must succeed [E3 WCP2]', () => {
    const plan = planOf([
      typed('parallel', { branches: { z: branch(say('x', 1)), a: branch(), m: branch(say('y', 1)) } }),
    ]);
    expect(blocksOf(plan).slice(1)).toEqual([
      ['z', 'case', 0, [1]],
      ['a', 'case', 0, []],
      ['m', 'case', 0, [2]],
    ]);
    expect(step(plan, 'parallel').work).toEqual({
      kind: 'parallel',
      branches: [
        { name: 'z', block: 1 },
        { name: 'a', block: 2 },
        { name: 'm', block: 3 },
      ],
      join: { kind: 'all' },
    });
  });

  it('joins by count; any is a count of 1 [WCP9]', () => {
    const branches = { a: branch(), b: branch() };
    expect(workOf('parallel', { branches, join: 'any', cancel_remaining: true }).join).toEqual({
      kind: 'count',
      count: 1,
      cancelRemaining: true,
    });
    expect(workOf('parallel', { branches, join: { count: 2 } }).join).toEqual({
      kind: 'count',
      count: 2,
      cancelRemaining: false,
    });
  });
});

describe('the plan of a loop', () => {
  it('asks `while` before a round and `until` after it, with the steps of the round in view [WCP21]', () => {
    const before = workOf('loop', { while: 'loop.index < 3 && vars.n < 5', steps: [] });
    expect(before).toMatchObject({ block: 1, until: null, times: null, maxIterations: 1000 });
    expect(before.while?.source).toContain('loop.index');
    const plan = planOf([
      say('first', 1),
      typed(
        'loop',
        {
          until: 'steps.a.output == steps.first.output && loop.index > 1 && loop.previous == null',
          max_iterations: 9,
          steps: [say('a', '${ [loop.index, loop.previous] }')],
        },
        { depends_on: ['first'] },
      ),
    ]);
    expect(step(plan, 'loop').work).toMatchObject({ while: null, times: null, maxIterations: 9 });
    expect(blocksOf(plan)[1]).toEqual(['round', 'round', 1, [2]]);
  });

  it('takes its times as a number or an expression', () => {
    expect(workOf('loop', { times: 5, steps: [] }).times).toMatchObject({ constant: true, type: 'number' });
    expect(workOf('loop', { times: '${ size(input.list) }', steps: [] }).times).toMatchObject({ constant: false });
  });
});

describe('the plan of a for_each', () => {
  it('has its defaults: item, 20 at once, the first failure fails the step [E5 PR7]', () => {
    expect(workOf('for_each', { items: '${ input.list }', steps: [] })).toMatchObject({
      block: 1,
      as: 'item',
      concurrency: 20,
      maxFailures: 0,
      completeWhen: null,
      remaining: 'cancel',
      recordItems: false,
    });
    expect(blocksOf(planOf([each([say('a', '${ [item, index] }')])]))[1]).toEqual(['item', 'item', 0, [1]]);
  });

  it('forgives no failed item, some, or all [PR7]', () => {
    const forgiven = (policy: Json) => workOf('for_each', { items: [], steps: [], on_item_error: policy }).maxFailures;
    expect([forgiven('fail_fast'), forgiven({ max_failures: 3 }), forgiven('continue')]).toEqual([0, 3, null]);
  });

  it('takes items as an expression with or without ${ }, or as an array with expressions in it', () => {
    const items = (value: Json) => {
      const list = workOf('for_each', { items: value, steps: [] }).items;
      return list.evaluate({
        lookup: (name) => (name === 'input' ? { a: [1, 2] } : undefined),
        now: 0,
        uuid: () => '',
      });
    };
    expect(items('input.a')).toEqual([1, 2]);
    expect(items('${ input.a }')).toEqual([1, 2]);
    expect(items(['x', '${ input.a }', { y: '${ input.a[0] }' }])).toEqual(['x', [1, 2], { y: 1 }]);
  });

  it('says that its items must be recorded where they could differ the next time', () => {
    const recorded = (items: Json) => workOf('for_each', { items, steps: [] }).recordItems;
    expect(recorded('input.list')).toBe(false);
    expect(recorded(['${ execution.id }'])).toBe(false);
    expect(recorded('vars.n')).toBe(true);
    expect(recorded('[uuid()]')).toBe(true);
    expect(recorded(['${ now() }'])).toBe(true);
    const inner = typed('loop', { times: 1, steps: [each([], { items: '[item, loop.index]', as: 'x' })] });
    const plan = planOf([{ ...each([inner]), id: 'outer' }]);
    expect(step(plan, 'for_each').work).toMatchObject({ recordItems: false, as: 'x' });
  });

  it('completes early by what its end sees of the items', () => {
    const end = 'done == total || failed > 2 || succeeded > input.enough || size(results) == 0';
    expect(workOf('for_each', { items: [1], steps: [], complete_when: end, remaining: 'ignore' })).toMatchObject({
      remaining: 'ignore',
      completeWhen: { type: 'bool' },
    });
  });
});

describe('the plan of a cancel', () => {
  it('knows the steps of its own block and of the blocks around it, by number [WCP19 WCP25]', () => {
    const stop = { id: 'stop', type: 'cancel', config: { steps: ['outside', 'beside'], outcome: 'complete' } };
    const plan = planOf([say('outside', 1), each([say('beside', 1), stop])]);
    expect(step(plan, 'stop').work).toEqual({ kind: 'cancel', steps: [0, 2], outcome: 'complete' });
  });
});

describe('names inside blocks', () => {
  it('are those of all blocks around, the nearest first', () => {
    const inner = each([say('x', '${ [order, item, index, loop.index] }')]);
    const middle = typed('loop', { times: 2, steps: [inner] });
    planOf([{ ...each([middle, say('y', '${ order }')], { as: 'order' }), id: 'outer' }]);
  });

  it('are seen by handlers and compensations inside', () => {
    const named = '${ string(item) + string(index) }';
    planOf([
      each([
        http('a', {
          on_error: { steps: [say('h', `${named}\${ error.code }`)] },
          compensate: { type: 'http_request', config: { url: named } },
        }),
      ]),
    ]);
  });

  it('may hide functions and types, but not names of the language', () => {
    for (const as of ['math', 'string', 'size', '_', 'signal_1', 'done'])
      planOf([each([say('a', `\${ ${as} }`)], { as })]);
  });
});

describe('saving warns', () => {
  const nap = { id: 'nap', type: 'wait', config: { for: 5 } };

  it('of a loop without a wait that may run over 1,000 rounds', () => {
    const loop = (config: JsonObject, ...steps: Json[]) => warningsOf([typed('loop', { steps, ...config })]);
    expect(loop({ while: 'input.x' })).toEqual([]);
    expect(loop({ while: 'input.x', max_iterations: 1001 })).toEqual(['busy_loop /steps/0/config/max_iterations']);
    expect(loop({ times: 2000, max_iterations: 2000 })).toEqual(['busy_loop /steps/0/config/times']);
    expect(loop({ times: 20, max_iterations: 2000 })).toEqual([]);
    expect(loop({ while: 'input.x', max_iterations: 1001 }, nap)).toEqual([]);
    expect(loop({ while: 'input.x', max_iterations: 1001 }, typed('block', branch(nap)))).toEqual([]);
  });

  it('of a wait that is only in the handler of such a loop, or beside it', () => {
    const busy = typed('loop', { while: 'input.x', max_iterations: 1001, steps: [] }, { on_error: branch(nap) });
    expect(warningsOf([busy])).toHaveLength(1);
    expect(warningsOf([typed('loop', { while: 'input.x', max_iterations: 1001, steps: [] }), nap])).toHaveLength(1);
  });

  it('of more rounds than the loop allows', () => {
    expect(warningsOf([typed('loop', { times: 1500, steps: [] })])).toEqual(['loop_over_limit /steps/0/config/times']);
  });

  it('of a cancel of what has ended before', () => {
    const stop = { id: 'stop', type: 'cancel', config: { steps: ['a'] } };
    expect(warningsOf([say('a', 1), stop])).toEqual([]);
    expect(warningsOf([say('a', 1), { ...stop, depends_on: ['a'] }])).toEqual([
      'cancel_without_effect /steps/1/config/steps/0',
    ]);
    expect(warningsOf([say('a', 1), typed('block', branch(stop), { depends_on: ['a'] })])).toHaveLength(1);
  });

  it('of a variable that two branches write, but not of one that a loop or one item at a time writes', () => {
    const both = { a: branch(sets('x')), b: branch(sets('y')) };
    expect(warningsOf([typed('parallel', { branches: both })])).toEqual([
      'variable_race /steps/0/config/branches/b/steps/0/config/n',
    ]);
    expect(warningsOf([typed('loop', { times: 2, steps: [sets('x')] })])).toEqual([]);
    expect(warningsOf([each([sets('x')], { concurrency: 1 })])).toEqual([]);
    expect(warningsOf([{ ...each([]), on_error: branch(sets('x')) }])).toEqual([]);
  });

  it('of none that an item writes which is an execution of its own, but of two steps in one such item', () => {
    const detached = (...steps: Json[]) => each(steps, { wait: false });
    expect(warningsOf([detached(sets('x')), sets('y')])).toEqual([]);
    expect(warningsOf([detached(sets('x'), sets('y'))])).toEqual(['variable_race /steps/0/config/steps/1/config/n']);
  });

  it('of a `concurrency` that says nothing, since all items are started', () => {
    expect(warningsOf([each([], { wait: false, concurrency: 5 })])).toEqual([
      'concurrency_without_effect /steps/0/config/concurrency',
    ]);
  });
});

describe('the examples of the reference', () => {
  const examples = controlTypes.flatMap(({ type, configSchema }) =>
    ((configSchema.examples ?? []) as readonly JsonObject[]).map((config) => ({ type, config })),
  );

  it.each(examples)('of $type can be saved', ({ type, config }) => {
    const more = type === 'goto' ? { depends_on: ['review'], when: 'input.again' } : {};
    const steps = [say('review', 1), typed(type, config, more), say('remind-later', 1)];
    expect(warningsOf(steps)).toEqual([]);
    planOf(steps);
  });
});
