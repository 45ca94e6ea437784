import { describe, expect, it } from 'vitest';
import { after, doAct, planOf, say } from '../../testing/plan.ts';
import type { Plan } from '../definition/plan.ts';
import type { Answer, Question, TestRun, TestRunOptions } from './contract.ts';
import { testRun } from './test-run.ts';

const START = Date.UTC(2026, 4, 1);
const unanswered = (): Answer => ({ kind: 'unanswered', missing: 'an answer' });

function run(
  plan: Plan,
  options: Partial<TestRunOptions> = {},
  answer: (question: Question) => Answer = unanswered,
): TestRun {
  const runner = testRun(plan, { input: {}, startAt: START, ...options });
  let asked = runner.next();
  while (!asked.done) asked = runner.next(asked.value.kind === 'turn' ? undefined : answer(asked.value));
  return asked.value;
}

const once = { retry: { max_attempts: 1 } };

describe('a test run', () => {
  it('answers tries by mocks: by path before id, one of a list for each try, the last for all that follow', () => {
    const each = { items: [1, 2, 3], concurrency: 1, steps: [doAct('call', once)] };
    const plan = planOf([doAct('a'), { id: 'each', type: 'for_each', config: each, ...after('a') }]);
    const failing = { error: { code: 'network' } };
    const mocks = {
      a: [failing, { output: 1 }],
      call: [{ output: 'first' }, { output: 'rest' }],
      'each.1.call': { output: 'own' },
    };
    const tested = run(plan, { mocks });
    expect(tested.output).toEqual({ each: ['first', 'own', 'rest'] });
    expect(tested.steps[0]).toMatchObject({ step_id: 'a', attempt: 2, mocked: true });
    expect(tested.durationMs).toBe(2_000);
  });

  it('takes no time but that of waits, retries and answers', () => {
    const plan = planOf([
      doAct('a', { timeout: '1h' }),
      { id: 'rest', type: 'wait', config: { for: '3d' }, ...after('a') },
    ]);
    expect(run(plan, { mocks: { a: { output: 1, after: '90s' } } }).durationMs).toBe(90_000 + 3 * 86_400_000);
  });

  it('ends a try at its timeout when its answer takes longer', () => {
    const plan = planOf([doAct('a', { timeout: '5s', ...once })]);
    const { error, durationMs } = run(plan, { mocks: { a: { output: 1, after: '6s' } } });
    expect([error?.code, durationMs]).toEqual(['timeout', 5_000]);
  });

  it('sends signals and cancels at virtual times', () => {
    const plan = planOf([{ id: 'go', type: 'wait', config: { signal: 'go' } }, say('now', '${ now() }', after('go'))]);
    const sent = run(plan, { signals: [{ name: 'go', afterMs: 60_000, payload: null }] });
    expect(sent.output).toEqual({ now: '2026-05-01T00:01:00.000Z' });
    const cancelled = run(plan, { cancelAfterMs: 60_000 });
    expect([cancelled.status, cancelled.durationMs]).toEqual(['CANCELLED', 60_000]);
  });

  it('stays RUNNING when nothing comes that it waits for, and says for what', () => {
    const plan = planOf([{ id: 'go', type: 'wait', config: { signal: 'go' } }]);
    expect(run(plan)).toMatchObject({ status: 'RUNNING', waitReason: 'signal', stoppedBy: null });
  });

  it('tells what nothing answered, and goes on beside it', () => {
    const plan = planOf([doAct('a'), doAct('b'), doAct('c', after('a'))]);
    const tested = run(plan, { mocks: { b: { output: 1 } } });
    expect(tested.unanswered).toEqual([{ path: 'a', stepId: 'a', missing: 'an answer' }]);
    expect(tested.path).toEqual(['a', 'b']);
  });

  it('waits for no worker: what one would do is mocked, or asked as a try', () => {
    const plan = planOf([{ id: 'a', type: 'task', config: {} }]);
    expect(run(plan, { mocks: { a: { output: 1 } } }).output).toEqual({ a: 1 });
    const asked: Question[] = [];
    run(plan, {}, (question) => {
      asked.push(question);
      return unanswered();
    });
    expect(asked).toMatchObject([{ kind: 'try', byWorker: true, effect: { type: 'task' } }]);
  });

  it('tells which mocks nothing asked for', () => {
    const plan = planOf([doAct('a'), doAct('b', { when: 'false' })]);
    expect(run(plan, { mocks: { a: { output: 1 }, b: { output: 2 } } }).unusedMocks).toEqual(['b']);
  });

  it('gives the same ids and the same times each time', () => {
    const plan = planOf([say('a', '${ [uuid(), string(now()), execution.id] }')]);
    expect(run(plan)).toEqual(run(plan));
  });

  it('ends at its limits: of events, of what they hold, and of virtual time', () => {
    const loop = {
      id: 'again',
      type: 'loop',
      config: { while: 'true', max_iterations: 100_000, steps: [say('x', 1)] },
    };
    expect(run(planOf([loop]), { limits: { mostEvents: 500 } }).stoppedBy).toBe('mostEvents');
    const wide = { ...loop, config: { ...loop.config, steps: [say('x', 'a'.repeat(1_000))] } };
    expect(run(planOf([wide]), { limits: { mostCharacters: 50_000 } }).stoppedBy).toBe('mostCharacters');
    const plan = planOf([{ id: 'rest', type: 'wait', config: { for: '3d' } }]);
    expect(run(plan, { limits: { longestMs: 1_000 } })).toMatchObject({ stoppedBy: 'longestMs', status: 'RUNNING' });
  });
});

describe('a workflow that is called', () => {
  const child = planOf([doAct('ask', once)], { workflow_id: 'child', output: '${ steps.ask.output }' });
  const call = { id: 'call', type: 'sub_workflow', config: { workflow_id: 'child', input: { n: 1 } } };
  const isCalled = (question: Question): Answer =>
    question.kind === 'workflow' ? { kind: 'workflow', plan: child } : unanswered();

  it('runs in the same virtual time, with mocks of its own behind the step that calls', () => {
    const tested = run(planOf([call]), { mocks: { 'call/ask': { output: 'yes', after: '5s' } } }, isCalled);
    expect(tested).toMatchObject({ status: 'COMPLETED', output: { call: 'yes' }, durationMs: 5_000 });
    expect(tested.called).toMatchObject([
      { calledBy: 'call', workflowId: 'child', status: 'COMPLETED', steps: [{ path: 'ask', output: 'yes' }] },
    ]);
  });

  it('is cancelled with the step that waits for it', () => {
    const tested = run(
      planOf([{ ...call, timeout: '3s' }]),
      { mocks: { 'call/ask': { output: 1, after: '8s' } } },
      isCalled,
    );
    expect(tested.error).toMatchObject({ code: 'timeout', details: { status: 'CANCELLED' } });
    expect(tested.called[0]).toMatchObject({ status: 'CANCELLED', durationMs: 3_000 });
  });

  it('may be mocked as a whole, and refused', () => {
    expect(run(planOf([call]), { mocks: { call: { output: 2 } } })).toMatchObject({ output: { call: 2 }, called: [] });
    const failed = run(planOf([call]), { mocks: { call: { error: { code: 'bad', message: 'no' } } } });
    expect(failed.error).toMatchObject({ code: 'child_failed', message: 'The child ended FAILED: no' });
    const error = { code: 'workflow_unknown', message: 'There is none.' };
    expect(run(planOf([call]), {}, () => ({ kind: 'refused', error })).error?.code).toBe('workflow_unknown');
  });

  it('is not begun with an input that does not fit it', () => {
    const strict = planOf([], { workflow_id: 'child', input_schema: { type: 'object', required: ['email'] } });
    const tested = run(planOf([call]), {}, () => ({ kind: 'workflow', plan: strict }));
    expect(tested.error).toMatchObject({ code: 'input_invalid', step: 'call' });
  });

  it('is an item that runs on its own, too', () => {
    const items = { items: ['a', 'b'], wait: false, steps: [doAct('ask')] };
    const tested = run(planOf([{ id: 'each', type: 'for_each', config: items }]), {
      mocks: { 'each.0/ask': { output: 0 }, 'each.1/ask': { output: 1 } },
    });
    expect(tested.called.map(({ calledBy, output }) => [calledBy, output])).toEqual([
      ['each.0', { ask: 0 }],
      ['each.1', { ask: 1 }],
    ]);
  });

  it('waits for a lock that another holds', () => {
    const locked = { lock: { key: "'one'", scope: 'tenant' } };
    const holder = planOf([{ id: 'hold', type: 'wait', config: { for: '5s' }, ...locked }], { workflow_id: 'child' });
    const steps = [
      { ...call, config: { workflow_id: 'child', wait: false } },
      { id: 'rest', type: 'wait', config: { for: '1s' }, ...after('call') },
      doAct('own', { ...locked, ...after('rest') }),
    ];
    const tested = run(planOf(steps), { mocks: { own: { output: 1 } } }, () => ({ kind: 'workflow', plan: holder }));
    expect([tested.status, tested.durationMs]).toEqual(['COMPLETED', 5_000]);
  });
});
