import { describe, expect, it } from 'vitest';
import { after, catalog, doAct, planOf, say } from '../../testing/plan.ts';
import type { Json, JsonObject } from '../json.ts';
import { compile } from './compile.ts';
import { itemPlan } from './item-plan.ts';

const secret = { sensitive: true };
/** The ids of the steps that are marked. */
const marked = (steps: readonly Json[], more: JsonObject = {}): readonly string[] =>
  planOf(steps, more).steps.flatMap(({ id, sensitive }) => (sensitive ? id : []));
const block = (id: string, steps: readonly Json[], more: JsonObject = {}): JsonObject => ({
  id,
  type: 'block',
  config: { steps },
  ...more,
});
const each = (id: string, config: JsonObject, more: JsonObject = {}): JsonObject => ({
  id,
  type: 'for_each',
  config,
  ...more,
});

describe('what takes from a sensitive step', () => {
  it('is sensitive, through any number of steps, in whatever order they stand; what does not is not', () => {
    const chain = [
      say('c', '${steps.b.output}', after('b')),
      say('b', { x: ['${steps.a.output.y}'] }, after('a')),
      doAct('a', secret),
      say('beside', 1),
      say('then', '${steps.a.status}', after('c')),
    ];
    expect(marked(chain)).toEqual(['c', 'b', 'a']);
  });

  it.each([
    ['when', { when: 'steps.a.output.ok' }],
    ['output', { output: '${steps.a.output}' }],
    ['milestone', { milestone: { when: 'steps.a.output.ok' } }],
    ['a name known only when it runs', { output: '${has(steps.a) ? steps["a"] : null}' }],
  ])('is sensitive by its %s: its errors would repeat the value', (_, more) => {
    expect(marked([doAct('a', secret), doAct('b', { ...after('a'), ...more })])).toEqual(['a', 'b']);
  });

  it('makes the blocks around it sensitive, because their output may be its own; not what they hold beside it', () => {
    const steps = [
      block('outer', [block('inner', [doAct('a', secret), say('beside', 1)])]),
      say('x', '${steps.outer.output}', after('outer')),
    ];
    expect(marked(steps)).toEqual(['outer', 'inner', 'a', 'x']);
  });

  it('in a block that is sensitive itself is all that the block holds, handler and compensation included', () => {
    const handler = { on_error: { steps: [say('h', 1)] } };
    expect(marked([block('b', [say('x', 1, handler)], secret)])).toEqual(['b', 'x', 'h']);
    const { steps } = planOf([doAct('a', { ...secret, compensate: { type: 'act', config: {} } })]);
    expect(steps.map(({ sensitive }) => sensitive)).toEqual([true, true]);
  });

  it('is what an item is made of, but not an item beside which a sensitive step runs', () => {
    const inner = [doAct('call', secret), say('say', '${item}')];
    expect(marked([each('e', { items: [1], steps: inner })])).toEqual(['e', 'call']);
    const items = [
      doAct('a', secret),
      each('e', { items: '${steps.a.output}', steps: [say('say', '${item}'), say('n', '${index}')] }, after('a')),
    ];
    expect(marked(items)).toEqual(['a', 'e', 'say']);
  });

  it('is the round before, and the arrivals at a block', () => {
    const loop = {
      id: 'l',
      type: 'loop',
      config: { times: 2, steps: [doAct('a', secret), say('p', '${loop.previous}'), say('i', '${loop.index}')] },
    };
    expect(marked([loop])).toEqual(['l', 'a', 'p']);
    const arrivals = block('b', [say('in', '${arrival.output}')], { ...after('a'), join: 'each' });
    expect(marked([doAct('a', secret), arrivals])).toEqual(['a', 'b', 'in']);
  });

  it('hides the output of the workflow, when that takes it, or ends with it', () => {
    const steps = [doAct('a', secret), say('b', 1, after('a'))];
    expect(planOf(steps).hidesOutput).toBe(false);
    expect(planOf(steps, { output: '${steps.a.output}' }).hidesOutput).toBe(true);
    expect(planOf([doAct('a', secret)]).hidesOutput).toBe(true);
    const end = {
      id: 't',
      type: 'terminate',
      ...after('a'),
      config: { status: 'COMPLETED', output: '${steps.a.output}' },
    };
    expect(planOf([doAct('a', secret), end, say('b', 1, after('t'))]).hidesOutput).toBe(true);
  });

  it('stays so in the plan of an item that is an execution of its own', () => {
    const plan = planOf([each('e', { items: [1], wait: false, steps: [doAct('a', secret)] })]);
    expect(itemPlan(plan, 'e')?.plan).toMatchObject({ hasSensitive: true, hidesOutput: true });
    expect(plan.steps[0]?.sensitive).toBe(false);
  });
});

describe('what would be kept in plain text', () => {
  const a = doAct('a', secret);
  const taken = '${steps.a.output}';
  const b = (type: string, config: JsonObject, more: JsonObject = {}) => ({
    id: 'b',
    type,
    config,
    ...after('a'),
    ...more,
  });
  const signal = { signal: 's', timeout: '1s' };
  it.each([
    ['a variable', [a, b('set_variables', { v: taken })], '/steps/1/config'],
    [
      'the key of a lock',
      [a, doAct('b', { ...after('a'), lock: { key: 'steps.a.output', scope: 'tenant' } })],
      '/steps/1/lock/key',
    ],
    [
      'the input of another execution',
      [a, b('sub_workflow', { workflow_id: 'w', input: { x: taken } })],
      '/steps/1/config',
    ],
    ['a time', [a, b('wait', { for: taken })], '/steps/1/config/for'],
    [
      'a time among options',
      [a, b('wait_any', { options: { x: { until: taken } } })],
      '/steps/1/config/options/x/until',
    ],
    ['a match', [a, b('wait', { ...signal, match: 'signal.payload == steps.a.output' })], '/steps/1/config/match'],
    ['a signal', [{ id: 'b', type: 'wait', config: signal, ...secret }], '/steps/0'],
    ['the error of an execution', [a, b('terminate', { status: 'FAILED', error: taken })], '/steps/1/config/error'],
    ['items that are executions', [a, b('for_each', { items: taken, wait: false, steps: [say('x', 1)] })], '/steps/1'],
    ['what such items see', [a, b('for_each', { items: [1], wait: false, steps: [say('x', taken)] })], '/steps/1'],
    [
      'a round that such items see',
      [
        {
          id: 'l',
          type: 'loop',
          config: {
            times: 2,
            steps: [a, b('for_each', { items: [1], wait: false, steps: [say('x', '${loop.previous}')] })],
          },
        },
      ],
      '/steps/0/config/steps/1',
    ],
  ])('is refused: %s', (_, steps, pointer) => {
    const compiled = compile({ workflow_id: 'w', version: '1.0.0', steps: steps as Json }, catalog);
    expect('errors' in compiled && compiled.errors.map(({ code, pointer: at }) => ({ code, at }))).toContainEqual({
      code: 'sensitive_in_plain_text',
      at: pointer,
    });
  });

  it('is found in time that grows with the document, however its steps are ordered', () => {
    const chain = Array.from({ length: 4_000 }, (_, n) =>
      say(`s${n}`, `\${steps.s${n + 1}.output}`, after(`s${n + 1}`)),
    );
    const steps = [...chain, doAct('s4000', secret)];
    const began = performance.now();
    expect(marked(steps)).toHaveLength(4_001);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
