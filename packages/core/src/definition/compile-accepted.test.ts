import { describe, expect, it } from 'vitest';
import { testActions } from '../../testing/definition/actions.ts';
import type { Json, JsonObject } from '../json.ts';
import { compile } from './compile.ts';
import type { Plan, PlanStep } from './plan.ts';

const say = (id: string, output: Json, more: JsonObject = {}): JsonObject => ({
  id,
  type: 'transform',
  config: { output },
  ...more,
});
const http = (id: string, more: JsonObject = {}): JsonObject => ({
  id,
  type: 'http_request',
  config: { url: 'http://x' },
  ...more,
});
const undo: JsonObject = { type: 'http_request', config: { url: 'http://undo' } };

function planOf(steps: Json, more: JsonObject = {}): Plan {
  const result = compile({ workflow_id: 'w', version: '1.0.0', steps, ...more }, testActions);
  if ('errors' in result) throw new Error(JSON.stringify(result.errors));
  return result.plan;
}

function warningsOf(steps: Json, more: JsonObject = {}): readonly string[] {
  const { warnings } = compile({ workflow_id: 'w', version: '1.0.0', steps, ...more }, testActions);
  return warnings.map(({ code, pointer }) => `${code} ${pointer}`);
}

const step = (plan: Plan, id: string) => plan.steps[plan.stepIndex.get(id) ?? -1] as PlanStep;

describe('a plan', () => {
  it('is made of the example of the architecture document, with config.timeout and config.retry lifted [D7]', () => {
    const plan = planOf(
      [
        {
          id: 'validate-customer',
          type: 'http_request',
          config: {
            url: 'https://validation.internal/verify',
            method: 'POST',
            timeout: 5000,
            retry: { max_attempts: 3, backoff: 'exponential' },
          },
        },
        {
          id: 'create-account',
          type: 'transform',
          config: { output: '${ steps["validate-customer"].output.body }' },
          depends_on: ['validate-customer'],
        },
      ],
      { workflow_id: 'customer-onboarding-v2', version: '2.1.0' },
    );
    const validate = step(plan, 'validate-customer');
    expect(validate.timeoutMs).toBe(5000);
    expect(validate.work).toMatchObject({
      kind: 'action',
      recordInput: false,
      delivery: 'at_least_once',
      retry: {
        maxAttempts: 3,
        backoff: 'exponential',
        initialMs: 2000,
        multiplier: 2,
        maxIntervalMs: 3_600_000,
        jitter: 0,
        on: null,
        except: [],
      },
    });
    expect(step(plan, 'create-account').dependsOn).toEqual([0]);
    expect(validate.dependents).toEqual([1]);
  });

  it('numbers steps and blocks in document order: config, handler, compensation, then on_failure and on_cancel', () => {
    const plan = planOf(
      [
        {
          id: 'route',
          type: 'switch',
          config: {
            cases: [
              { when: 'input.a', steps: [say('in-0', 1)] },
              { when: 'input.b', steps: [] },
            ],
            default: { steps: [say('in-default', 1)] },
          },
          on_error: { steps: [say('fallback', 1)] },
          compensate: undo,
        },
      ],
      { on_cancel: [say('bye', 1)], on_failure: [say('alas', 1)] },
    );
    expect(plan.steps.map(({ id }) => id)).toEqual([
      'route',
      'in-0',
      'in-default',
      'fallback',
      'route.compensate',
      'alas',
      'bye',
    ]);
    expect(plan.blocks.map(({ name, kind, owner, steps }) => [name, kind, owner, steps])).toEqual([
      ['', 'top', null, [0]],
      ['0', 'case', 0, [1]],
      ['1', 'case', 0, []],
      ['default', 'case', 0, [2]],
      ['error', 'handler', 0, [3]],
      ['compensate', 'compensation', 0, [4]],
      ['on_failure', 'on_failure', null, [5]],
      ['on_cancel', 'on_cancel', null, [6]],
    ]);
    expect(step(plan, 'route')).toMatchObject({
      onError: { kind: 'handler', block: 4, compensate: false },
      compensation: 5,
      work: { default: 3, mode: 'first' },
    });
    expect([plan.onFailure, plan.onCancel, plan.priority, plan.output]).toEqual([6, 7, 3, null]);
    expect(step(plan, 'route.compensate').pointer).toBe('/steps/0/compensate');
  });

  it('takes each field of a retry policy from the step, else from the top, else from the default [E7]', () => {
    const plan = planOf([http('a', { retry: { max_retries: 1 } }), http('b')], {
      retry: { initial: '1s', max_attempts: 9, except: ['network'] },
      step_timeout: 'PT7S',
    });
    expect(step(plan, 'a').work).toMatchObject({
      retry: { maxAttempts: 2, initialMs: 1000, except: ['network'], backoff: 'exponential' },
    });
    expect(step(plan, 'b').work).toMatchObject({ retry: { maxAttempts: 9 } });
    expect(step(plan, 'b').timeoutMs).toBe(7000);
    expect(step(planOf([http('a')]), 'a')).toMatchObject({ timeoutMs: 30_000, work: { retry: { maxAttempts: 4 } } });
  });

  it('says that the input of an action must be recorded where it could differ the next time', () => {
    const recorded = (config: JsonObject, more: JsonObject = {}) => {
      const { work } = step(
        planOf([http('a', { config: { url: 'u', ...config }, ...more })], { variables: { v: 1 } }),
        'a',
      );
      return work.kind === 'action' && work.recordInput;
    };
    expect(recorded({ body: '${ input.x }' })).toBe(false);
    expect(recorded({ body: '${ execution.id }' })).toBe(false);
    expect(recorded({ body: '${ vars.v }' })).toBe(true);
    expect(recorded({ body: '${ now() }' })).toBe(true);
    expect(recorded({ body: '${ execution.attempt }' })).toBe(true);
    expect(recorded({}, { when: 'vars.v == 1' })).toBe(true);
  });

  it('has joins by count; any is a count of 1 [WCP9]', () => {
    const plan = planOf([
      say('a', 1),
      say('b', 1),
      say('c', 1, { depends_on: ['b', 'a'], join: 'any', cancel_remaining: true }),
      say('d', 1, { depends_on: ['a', 'b'], join: { count: 2 } }),
    ]);
    expect(step(plan, 'c')).toMatchObject({
      dependsOn: [0, 1],
      join: { kind: 'count', count: 1, cancelRemaining: true },
    });
    expect(step(plan, 'd').join).toEqual({ kind: 'count', count: 2, cancelRemaining: false });
  });

  it('keeps the type as it was written and the work by its kind: delay is wait', () => {
    const plan = planOf([{ id: 'nap', type: 'delay', config: { for: '5s' } }]);
    expect(step(plan, 'nap')).toMatchObject({ type: 'delay', work: { kind: 'wait' } });
  });

  it('lets a string with an expression stand where a config wants another type', () => {
    expect(
      step(
        planOf([
          http('a', { config: { url: '${ input.u }', follow_redirects: '${ input.f }', headers: '${ input.h }' } }),
        ]),
        'a',
      ).id,
    ).toBe('a');
  });
});

describe('an expression may refer to', () => {
  it('ancestors, also through others and of enclosing blocks', () => {
    planOf([
      say('a', 1),
      say('b', 1, { depends_on: ['a'] }),
      {
        id: 'route',
        type: 'switch',
        depends_on: ['b'],
        config: {
          cases: [
            {
              when: 'steps.a.output == 1',
              steps: [
                say('x', '${ steps.a.output }'),
                say('y', '${ steps.x.output + steps.b.output }', { depends_on: ['x'] }),
              ],
            },
          ],
        },
      },
      say('end', '${ steps.route.case }', { depends_on: ['route'] }),
    ]);
  });

  it('the failing step and its error in a handler, and its raw result in output', () => {
    planOf([
      say('a', 1),
      http('b', {
        depends_on: ['a'],
        output: '${ result.body }',
        on_error: { steps: [say('h', '${ error.code + string(steps.a.output) + string(steps.b.attempts) }')] },
      }),
    ]);
  });

  it('every step of the top block in output, on_failure, on_cancel and compensate', () => {
    const all = '${ string(steps.a.output) + string(steps.b.output) }';
    planOf([say('a', 1), http('b', { compensate: { type: 'http_request', config: { url: all } } })], {
      output: all,
      on_failure: [say('f', all)],
      on_cancel: [say('c', all)],
    });
  });

  it('an unknown variable or step when it only asks whether it is there', () => {
    planOf([say('a', '${ has(vars.maybe) }')]);
  });
});

describe('saving warns', () => {
  const set = (id: string, more: JsonObject = {}): JsonObject => ({
    id,
    type: 'set_variables',
    config: { n: 1 },
    ...more,
  });

  it('of a step that never runs, and of a join of one', () => {
    expect(warningsOf([say('a', 1, { when: 'false' }), say('b', 1, { depends_on: ['a'], join: 'any' })])).toEqual([
      'step_never_runs /steps/0/when',
      'join_without_effect /steps/1/join',
      'step_never_runs /steps/1/depends_on',
    ]);
  });

  it('of a cancel that names a step of another case, which never runs beside it', () => {
    const cases = [
      { when: 'input.x', steps: [say('a', 1)] },
      { when: 'input.y', steps: [{ id: 'stop', type: 'cancel', config: { steps: ['a'] } }] },
    ];
    const choice = (mode: string) => ({ id: 'c', type: 'switch', config: { mode, cases } });
    expect(warningsOf([choice('first')])).toEqual([
      'cancel_without_effect /steps/0/config/cases/1/steps/0/config/steps/0',
    ]);
    expect(warningsOf([choice('all')])).toEqual([]);
  });

  it('of a milestone that waiting cannot change', () => {
    const waits = (when: string) => say('a', 1, { milestone: { when, else: 'wait' } });
    expect(warningsOf([waits('input.x')])).toEqual(['milestone_never_changes /steps/0/milestone/when']);
    expect(warningsOf([waits('now() > timestamp(input.x)'), set('b')])).toEqual([]);
    expect(warningsOf([waits('vars.n == 1'), set('b')])).toEqual([]);
  });

  it('of a secret in plain text, but not of one from an expression', () => {
    const headers = { authorization: 'Bearer abcdefgh12345', 'x-api-key': '${ input.key }', accept: 'text/plain' };
    expect(warningsOf([http('a', { config: { url: 'u', headers } })])).toEqual([
      'secret_in_plain_text /steps/0/config/headers/authorization',
    ]);
  });

  it('of a variable that two steps may write at once', () => {
    expect(warningsOf([set('a'), set('b')])).toEqual(['variable_race /steps/1/config/n']);
    expect(warningsOf([set('a'), set('b', { depends_on: ['a'] })])).toEqual([]);
    const cases = [
      { when: 'input.x', steps: [set('a')] },
      { when: 'input.y', steps: [set('b')] },
    ];
    expect(warningsOf([{ id: 'route', type: 'switch', config: { cases } }])).toEqual([]);
    expect(warningsOf([{ id: 'route', type: 'switch', config: { cases, mode: 'all' } }])).toHaveLength(1);
    expect(warningsOf([{ id: 'route', type: 'switch', config: { cases } }, set('c')])).toHaveLength(1);
    expect(
      warningsOf([{ id: 'route', type: 'switch', config: { cases } }, set('c', { depends_on: ['route'] })]),
    ).toEqual([]);
  });

  it('of an expression in an initial value, and of a misspelled keyword of a schema', () => {
    expect(warningsOf([], { variables: { a: '${ input.x }' }, input_schema: { requird: ['a'] } })).toEqual([
      'unknown_keyword /input_schema/requird',
      'not_evaluated /variables/a',
    ]);
  });
});

describe('the input of an execution', () => {
  const check = (schema: Json, input: Json) => planOf([], { input_schema: schema }).checkInput(input);

  it('is checked with pointers relative to the input [E1]', () => {
    const schema = { type: 'object', required: ['email'], properties: { email: { type: 'string' } } };
    expect(check(schema, { email: 'a@b.c' })).toEqual([]);
    expect(check(schema, { email: 5 })).toMatchObject([{ pointer: '/email', code: 'wrong_type' }]);
    expect(check(schema, {})).toMatchObject([{ pointer: '/email', code: 'missing_field' }]);
  });

  it('is whatever comes where there is no schema', () => {
    expect(planOf([]).checkInput(null)).toEqual([]);
  });
});
