import { describe, expect, it } from 'vitest';
import { after, doAct, planOf, say } from '../../testing/plan.ts';
import type { Plan, PlanStep } from '../definition/plan.ts';
import type { Json } from '../json.ts';
import type { TestRun, TestRunOptions } from './contract.ts';
import { alone, type PartOfPlan, type Pinned, upTo, withPinned } from './part-of-plan.ts';
import { testRun } from './test-run.ts';

function run(plan: Plan, options: Partial<TestRunOptions> = {}): TestRun {
  const runner = testRun(plan, { input: {}, startAt: 0, ...options });
  let asked = runner.next();
  while (!asked.done)
    asked = runner.next(asked.value.kind === 'turn' ? undefined : { kind: 'unanswered', missing: 'an answer' });
  return asked.value;
}

const stepOf = (plan: Plan, id: string) => plan.steps[plan.stepIndex.get(id) ?? -1] as PlanStep;
const ran = ({ path }: TestRun) => path;

/** Those that run, and the outcome of what is left. */
function upToStep(
  steps: readonly Json[],
  id: string,
  pinned: Pinned = {},
): { readonly part: PartOfPlan; readonly run: TestRun } {
  const plan = planOf(steps, { variables: { n: 0 }, on_failure: [doAct('alarm')] });
  const part = upTo(plan, stepOf(plan, id), pinned);
  return {
    part,
    run: run(part.plan, { mocks: Object.fromEntries(acts(steps).map((each) => [each, { output: each }])) }),
  };
}

function acts(value: Json): string[] {
  const text = JSON.stringify(value);
  return [...text.matchAll(/"id":"([a-z0-9-]+)","type":"act"/g)].map(([, id]) => id ?? '');
}

describe('up to a step', () => {
  it('runs what leads to it, and it, and nothing that follows or stands beside', () => {
    const steps = [doAct('a'), doAct('b', after('a')), doAct('c', after('b')), doAct('beside')];
    expect(ran(upToStep(steps, 'b').run)).toEqual(['a', 'b']);
  });

  it('does not run what leads to pinned steps alone, and says what is read of it', () => {
    const steps = [
      doAct('far'),
      doAct('near', after('far')),
      say('x', '${ [steps.near.output, steps.far.output] }', after('near')),
    ];
    const { part, run } = upToStep(steps, 'x', { near: 'pinned' });
    expect(ran(run)).toEqual(['near', 'x']);
    expect(part.reads).toEqual(['far']);
    const both = upToStep(steps, 'x', { near: 'pinned', far: 1 });
    expect(both.run.output).toEqual({ x: ['pinned', 1] });
    expect(both.part.reads).toEqual([]);
  });

  it('inside a block runs the block with what leads to the step in it', () => {
    const each = {
      items: [1, 2],
      steps: [doAct('in'), say('x', '${ item }', after('in')), doAct('behind', after('x'))],
    };
    const steps = [
      doAct('a'),
      { id: 'each', type: 'for_each', config: each, ...after('a') },
      doAct('b', after('each')),
    ];
    const { run } = upToStep(steps, 'x');
    expect(ran(run)).toEqual(['a', 'each', 'each.0.in', 'each.1.in', 'each.0.x', 'each.1.x']);
    expect(run.status).toBe('COMPLETED');
  });

  it('keeps the other cases of a choice and the whole body of a loop around it', () => {
    const cases = [
      { when: 'false', steps: [doAct('x')] },
      { when: 'true', steps: [doAct('y')] },
    ];
    const chosen = upToStep([{ id: 'route', type: 'switch', config: { cases } }], 'x');
    expect(ran(chosen.run)).toEqual(['route', 'route.1.y']);
    const body = [doAct('x'), say('check', '${ loop.index >= 1 }', after('x'))];
    const loop = { id: 'again', type: 'loop', config: { until: 'steps.check.output', steps: body } };
    expect(ran(upToStep([loop], 'x').run)).toEqual([
      'again',
      'again.0.x',
      'again.0.check',
      'again.1.x',
      'again.1.check',
    ]);
  });

  it('leaves out what follows a failure', () => {
    const undone = doAct('a', { compensate: { type: 'act', config: {} } });
    const plan = planOf([undone, doAct('b', { ...after('a'), retry: { max_attempts: 1 } })], {
      on_failure: [doAct('alarm')],
    });
    const part = upTo(plan, stepOf(plan, 'b'), {});
    const failed = run(part.plan, { mocks: { a: { output: 1 }, b: { error: { code: 'no' } } } });
    expect([failed.status, failed.path]).toEqual(['FAILED', ['a', 'b']]);
  });

  it('runs all steps between where one of them jumps back', () => {
    const steps = [
      doAct('a'),
      doAct('b', after('a')),
      { id: 'back', type: 'goto', config: { step: 'a', max: 1 }, ...after('b'), when: 'vars.n > 0' },
      doAct('x', after('back')),
    ];
    expect(ran(upToStep(steps, 'x', { b: 1 }).run)).toEqual(['a', 'b', 'x']);
  });
});

describe('a pinned step', () => {
  it('succeeds with its output, whatever it is and whatever would hold it back', () => {
    const plan = planOf([
      doAct('a', { when: 'false' }),
      { id: 'each', type: 'for_each', config: { items: [1], steps: [doAct('in')] } },
      say('x', '${ [steps.a.output, steps.each.output] }', after('a', 'each')),
    ]);
    expect(run(withPinned(plan, { a: 1, each: [2] })).output).toEqual({ x: [1, [2]] });
  });
});

describe('one step alone', () => {
  const plan = planOf(
    [
      doAct('before'),
      {
        id: 'each',
        type: 'for_each',
        config: {
          items: [1],
          steps: [say('x', '${ [item, index, vars.n, input, steps.before.output] }', { when: 'false' })],
        },
        ...after('before'),
      },
    ],
    { variables: { n: 3 } },
  );

  it('runs with what is given around it, and asks nothing that would hold it back', () => {
    const { plan: own, steps, reads } = alone(plan, stepOf(plan, 'x'));
    expect([[...steps], reads]).toEqual([['x'], ['before']]);
    const outside = { item: 'i', index: 5, vars: { n: 4 }, steps: { before: { output: 'b' } } };
    const result = run(own, { outside, input: 'in' });
    expect([result.status, result.output]).toEqual(['COMPLETED', { x: ['i', 5, 4, 'in', 'b'] }]);
  });

  it('runs with the steps inside it', () => {
    const { plan: own, steps } = alone(plan, stepOf(plan, 'each'));
    expect([...steps]).toEqual(['each', 'x']);
    expect(run(own, { outside: { steps: {} } }).path).toEqual(['each']);
  });
});
