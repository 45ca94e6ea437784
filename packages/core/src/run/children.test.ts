import { describe, expect, it } from 'vitest';
import { after, doAct, planOf, say } from '../../testing/plan.ts';
import { type ChildAnswer, simulate } from '../../testing/simulate.ts';
import type { Json, JsonObject } from '../json.ts';
import { waitReason } from './wait-reason.ts';

const call = (id: string, config: JsonObject = {}, more: JsonObject = {}): JsonObject => ({
  id,
  type: 'sub_workflow',
  config: { workflow_id: 'child', ...config },
  ...more,
});
const undo: JsonObject = { compensate: { type: 'act', config: {} } };
const fails: ChildAnswer = { status: 'FAILED', error: { code: 'no', message: 'not today', step: 'pay' } };
const outcomes = (events: readonly { readonly e: string }[]) =>
  events.flatMap((event) => ('s' in event && event.e !== 'begun' ? [`${event.e} ${String(event.s)}`] : []));

describe('sub_workflow', () => {
  it('starts a child with its input when it is known what to start, and has its output [E6]', () => {
    const plan = planOf([call('c', { version: '2.0.0', input: { n: '${ input.n + 1 }' } })]);
    const run = simulate(plan, {
      input: { n: 1 },
      child: () => ({ status: 'COMPLETED', output: { sum: 3 }, after: 5 }),
    });
    expect(run.called).toMatchObject([{ path: 'c', depth: 1, input: { n: 2 }, awaited: true }]);
    expect(run.end).toMatchObject({ status: 'COMPLETED', output: { c: { sum: 3 } } });
  });

  it('gives a child without `input` an empty object', () => {
    expect(simulate(planOf([call('c')])).called[0]?.input).toEqual({});
  });

  it('goes on at once with the id of the child where it does not wait', () => {
    const run = simulate(planOf([call('c', { wait: false })]));
    const id = run.called[0]?.child.executionId;
    expect(run.called[0]?.awaited).toBe(false);
    expect(run.end).toMatchObject({ status: 'COMPLETED', output: { c: { execution_id: id } } });
  });

  it.each<[string, ChildAnswer, Json]>([
    ['failed', fails, { status: 'FAILED', error: { code: 'no', message: 'not today', step: 'pay' } }],
    ['was cancelled', { status: 'CANCELLED' }, { status: 'CANCELLED' }],
  ])('fails with `child_failed` when the child %s, and says which and why [E6]', (_, answer, details) => {
    const run = simulate(planOf([call('c')]), { child: () => answer });
    const execution_id = run.called[0]?.child.executionId;
    expect(run.end).toMatchObject({
      status: 'FAILED',
      error: { code: 'child_failed', step: 'c', details: { ...(details as JsonObject), execution_id } },
    });
  });

  it('fails with what stands against starting it, without a child', () => {
    const error = { code: 'input_invalid', message: 'no', details: { problems: [] } };
    const run = simulate(planOf([call('c', {}, { on_error: 'continue' })]), { resolve: () => ({ error }) });
    expect(run.called).toEqual([]);
    expect(run.end?.status).toBe('COMPLETED');
    expect(run.events).toContainEqual(
      expect.objectContaining({ e: 'failed', err: expect.objectContaining({ code: 'input_invalid', step: 'c' }) }),
    );
  });

  it('does not go deeper than 32', () => {
    const plan = planOf([call('c')]);
    expect(simulate(plan, { depth: 31 }).end?.status).toBe('COMPLETED');
    expect(simulate(plan, { depth: 32 }).end).toMatchObject({
      status: 'FAILED',
      error: { code: 'depth_limit', step: 'c' },
    });
  });

  it('waits for `child` and nothing else', () => {
    const run = simulate(planOf([call('c')]), { child: () => undefined, until: 100 });
    expect(waitReason(run.state)).toBe('child');
  });

  it('is handled, continued and passed over like any step', () => {
    const handled = planOf([call('c', {}, { on_error: { steps: [say('h', '${ error.details.status }')] } })]);
    expect(simulate(handled, { child: () => fails }).end).toMatchObject({ output: { c: 'FAILED' } });
  });
});

describe('the child of a step that is not wanted any more', () => {
  it('is cancelled with the execution, which waits until the child has undone its work [E25 F82]', () => {
    const plan = planOf([doAct('a', undo), call('c', {}, after('a'))]);
    const run = simulate(plan, { child: () => undefined, then: [{ at: 20, input: 'cancel' }] });
    expect(run.cancelled).toEqual([run.called[0]?.child.executionId]);
    expect(outcomes(run.events).slice(0, 5)).toEqual([
      'succeeded a',
      'called c',
      'recalled c',
      'skipped c',
      'opened a',
    ]);
    expect(run.tried.map(({ path }) => path)).toEqual(['a', 'a.compensate']);
    expect(run.end?.status).toBe('CANCELLED');
  });

  it('keeps the execution stopping for as long as it takes: there is no grace that it could miss', () => {
    const run = simulate(planOf([call('c'), doAct('bad')]), {
      answer: () => ({ error: { code: 'no', message: 'no', retryable: false } }),
      child: () => ({ status: 'COMPLETED', after: 2 }),
    });
    expect(run.events.find(({ e }) => e === 'stopping')).not.toHaveProperty('until');
    expect(run.end).toMatchObject({ status: 'FAILED', error: { code: 'no' } });
  });

  it('is undone by the step when it had completed all the same', () => {
    const plan = planOf([call('c', {}, undo), doAct('bad')]);
    const run = simulate(plan, {
      answer: ({ path }) =>
        path === 'bad' ? { error: { code: 'no', message: 'no', retryable: false }, after: 5 } : { output: 1 },
      child: () => ({ status: 'COMPLETED', after: 5 }),
    });
    expect(run.cancelled).toHaveLength(1);
    expect(run.tried.map(({ path }) => path)).toEqual(['bad', 'c.compensate']);
  });

  it('is left to itself with `abandon`, and its end changes nothing', () => {
    const plan = planOf([call('c', { on_cancel: 'abandon' })]);
    const run = simulate(plan, {
      child: () => ({ status: 'COMPLETED', after: 50 }),
      then: [{ at: 20, input: 'cancel' }],
    });
    expect(run.cancelled).toEqual([]);
    expect(run.end?.status).toBe('CANCELLED');
    expect(run.took).toBe(20);
  });

  it.each(['cancel', 'abandon'])('fails its step with `timeout` when that is over [on_cancel: %s]', (onCancel) => {
    const run = simulate(planOf([call('c', { on_cancel: onCancel }, { timeout: 30, ...undo })]), {
      child: () => undefined,
    });
    expect(run.cancelled).toHaveLength(onCancel === 'cancel' ? 1 : 0);
    expect(run.tried).toEqual([]); // what did not complete has undone itself, or is not ours to undo
    expect(run.end).toMatchObject({ status: 'FAILED', error: { code: 'timeout', step: 'c' } });
  });

  it('is told only once, by a timeout and by what stops around it', () => {
    const plan = planOf([call('c', {}, { timeout: 30 })]);
    const run = simulate(plan, { child: () => undefined, then: [{ at: 31, input: 'cancel' }] });
    expect(run.cancelled).toHaveLength(1);
    expect(run.events.filter(({ e }) => e === 'recalled')).toHaveLength(1);
  });

  it('is not waited for by a `cancel` step or by the end that `terminate` makes', () => {
    const stop = { id: 't', type: 'terminate', config: { status: 'COMPLETED' }, ...after('nap') };
    const nap = { id: 'nap', type: 'wait', config: { for: 10 } };
    const run = simulate(planOf([call('c'), nap, stop]), { child: () => undefined });
    expect(run.cancelled).toHaveLength(1);
    expect(run.end?.status).toBe('COMPLETED');
  });
});

describe('a pause', () => {
  it('starts no child; it is asked for again when the execution goes on', () => {
    const run = simulate(planOf([call('c')]), {
      then: [
        { at: 0, input: 'pause' },
        { at: 50, input: 'resume' },
      ],
    });
    expect(run.called).toHaveLength(1);
    expect(run.called[0]?.at).toBeGreaterThan(Date.UTC(2026, 0, 1) + 49);
  });

  it('leaves the child alone, and what follows its end begins when the execution goes on', () => {
    const run = simulate(planOf([call('c'), doAct('a', after('c'))]), {
      child: () => ({ status: 'COMPLETED', after: 20 }),
      then: [
        { at: 10, input: 'pause' },
        { at: 60, input: 'resume' },
      ],
    });
    expect(run.cancelled).toEqual([]);
    expect(run.took).toBe(61);
  });
});
