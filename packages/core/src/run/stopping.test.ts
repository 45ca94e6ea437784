import { describe, expect, it } from 'vitest';
import { doAct, planOf, say } from '../../testing/plan.ts';
import { type Answer, rebuild, simulate, type Try } from '../../testing/simulate.ts';
import type { Json, JsonObject } from '../json.ts';
import { stepRows } from './step-rows.ts';

const no: Answer = { error: { code: 'no', message: 'no', retryable: false } };
const late: Answer = { error: { code: 'timeout', message: 'late', retryable: true } };
const by =
  (answers: { readonly [path: string]: Answer }) =>
  (attempt: Try): Answer =>
    answers[attempt.path] ?? { output: null };
const when = (steps: readonly Json[], more: JsonObject = {}) => ({
  id: 'route',
  type: 'switch',
  config: { cases: [{ when: 'true', steps }] },
  ...more,
});

describe('a block that stops', () => {
  it('does not wait for ever for a deaf try inside a case', () => {
    const run = simulate(planOf([when([doAct('slow')])]), {
      answer: () => ({ output: 1, after: 3_600_000 }),
      then: [{ at: 100, input: 'cancel' }],
      deaf: true,
    });
    expect(run.end?.status).toBe('CANCELLED');
    expect(run.took).toBe(10_100);
  });

  it('ends at once when the handler of a failed action terminates the execution', () => {
    const end = { id: 'end', type: 'terminate', config: { status: 'FAILED', error: 'given up' } };
    const plan = planOf([doAct('pay', { on_error: { steps: [end] } })]);
    const run = simulate(plan, { answer: () => no });
    expect(run.end).toMatchObject({ status: 'FAILED', error: { message: 'given up' } });
    expect(run.took).toBeLessThan(10);
    expect(stepRows(plan, run.state).find((row) => row.step_id === 'pay')).toMatchObject({
      status: 'FAILED',
      error: { code: 'no' },
    });
  });

  it('undoes a step whose last try timed out although its handler was interrupted', () => {
    const plan = planOf([
      doAct('pay', {
        retry: { max_attempts: 1 },
        compensate: { type: 'act' },
        on_error: { steps: [doAct('ask')] },
      }),
      doAct('other'),
    ]);
    const run = simulate(plan, {
      answer: by({ pay: late, 'pay.error.ask': { output: 1, after: 1_000 }, other: { ...no, after: 10 } }),
    });
    expect(run.end).toMatchObject({ status: 'FAILED', error: { step: 'other' } });
    expect(run.tried.map(({ path }) => path)).toContain('pay.compensate');
  });
});

describe('a timer', () => {
  it('that is heard twice opens a handler once', () => {
    const plan = planOf([
      { id: 'rest', type: 'wait', config: { for: '1h' }, timeout: '1s', on_error: { steps: [doAct('ask')] } },
    ]);
    const run = simulate(plan, { answer: () => ({ output: 1, after: 60_000 }) });
    expect(run.tried).toHaveLength(1);
    expect(run.end?.status).toBe('COMPLETED');
    const asking = run.events.slice(0, run.events.findIndex(({ e }) => e === 'opened') + 2);
    const state = rebuild(plan, asking);
    expect(state.timers.size).toBe(0);
  });

  it('of a block does not reach the handler that took over', () => {
    const plan = planOf([when([doAct('slow')], { timeout: '1s', on_error: { steps: [doAct('ask')] } })]);
    const run = simulate(plan, {
      answer: by({ 'route.0.slow': { ...no, after: 900 }, 'route.error.ask': { output: 'asked', after: 5_000 } }),
    });
    expect(run.end).toMatchObject({ status: 'COMPLETED', output: { route: 'asked' } });
  });
});

describe('blocks without steps', () => {
  it('end the step that holds them', () => {
    for (const config of [
      { cases: [{ when: 'true', steps: [] }] },
      {
        cases: [
          { when: 'true', steps: [] },
          { when: 'true', steps: [say('a', 1)] },
        ],
        mode: 'all',
      },
      {
        cases: [
          { when: 'true', steps: [say('a', 1)] },
          { when: 'true', steps: [] },
        ],
        mode: 'all',
      },
      { cases: [{ when: 'false', steps: [say('a', 1)] }], default: { steps: [] } },
    ]) {
      expect(simulate(planOf([{ id: 'route', type: 'switch', config }])).end?.status).toBe('COMPLETED');
    }
    expect(simulate(planOf([doAct('a', { on_error: { steps: [] } })]), { answer: () => no }).end?.status).toBe(
      'COMPLETED',
    );
    expect(simulate(planOf([doAct('a')], { on_failure: [] }), { answer: () => no }).end?.status).toBe('FAILED');
  });
});

describe('at most once', () => {
  it('is not tried again after an outcome that leaves open whether it was done', () => {
    for (const code of ['timeout', 'network']) {
      const run = simulate(planOf([doAct('pay', { delivery: 'at_most_once' })]), {
        answer: () => ({ error: { code, message: code, retryable: true } }),
      });
      expect(run.tried).toHaveLength(1);
      expect(run.end).toMatchObject({ status: 'FAILED', error: { code } });
    }
  });
});

describe('a case', () => {
  it('whose condition is no boolean fails the switch', () => {
    const config = { cases: [{ when: 'input.x', steps: [say('a', 1)] }] };
    const run = simulate(planOf([{ id: 'route', type: 'switch', config }]), { input: { x: 'yes' } });
    expect(run.end).toMatchObject({ status: 'FAILED', error: { code: 'expression_error' } });
  });
});
