import { describe, expect, it } from 'vitest';
import { after, doAct, planOf, say } from '../../testing/plan.ts';
import { type Answer, simulate, type Try } from '../../testing/simulate.ts';
import { stepRows } from './step-rows.ts';

const down = (retryAfterMs?: number): Answer => ({
  error: {
    code: 'network',
    message: 'refused',
    retryable: true,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  },
});
const no: Answer = { error: { code: 'no', message: 'no', retryable: false } };
const times = (n: number, answer: Answer) => {
  let seen = 0;
  return (): Answer => {
    seen += 1;
    return seen <= n ? answer : { output: 'ok' };
  };
};
const only =
  (id: string, answer: Answer) =>
  (attempt: Try): Answer =>
    attempt.path === id ? answer : { output: null };

describe('retries', () => {
  it('waits 2, 4 and 8 seconds by default, and then fails with step and code [E7]', () => {
    const run = simulate(planOf([doAct('pay')]), { answer: () => ({ ...down(), after: 0 }) });
    expect(run.tried.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
    expect(run.took).toBe(14_000);
    expect(run.end).toMatchObject({
      status: 'FAILED',
      error: { code: 'network', step: 'pay', details: { path: 'pay' } },
    });
  });

  it('sends the same idempotency key with every try of a step', () => {
    const run = simulate(planOf([doAct('pay')]), { answer: times(2, down()) });
    expect(new Set(run.tried.map(({ idempotencyKey }) => idempotencyKey))).toEqual(new Set(['x/pay/0/0']));
    expect(run.end?.status).toBe('COMPLETED');
  });

  it('counts max_attempts as tries in all and max_retries as tries after the first [D5]', () => {
    for (const retry of [{ max_attempts: 2 }, { max_retries: 1 }]) {
      expect(simulate(planOf([doAct('pay', { retry })]), { answer: () => down() }).tried).toHaveLength(2);
    }
  });

  it('does not repeat what cannot succeed, nor what the policy leaves out', () => {
    expect(simulate(planOf([doAct('pay')]), { answer: () => no }).tried).toHaveLength(1);
    expect(
      simulate(planOf([doAct('pay', { retry: { on: ['timeout'] } })]), { answer: () => down() }).tried,
    ).toHaveLength(1);
    expect(
      simulate(planOf([doAct('pay', { retry: { except: ['network'] } })]), { answer: () => down() }).tried,
    ).toHaveLength(1);
  });

  it('waits as long as the other side asks, when that is longer', () => {
    const run = simulate(planOf([doAct('pay')]), { answer: times(1, { ...down(60_000), after: 0 }) });
    expect(run.took).toBe(60_001);
  });

  it.each([
    ['fixed', 300],
    ['linear', 600],
    ['exponential', 700],
  ])('spaces tries by %s backoff', (backoff, took) => {
    const retry = { max_retries: 3, backoff, initial: 100, multiplier: 2 };
    expect(simulate(planOf([doAct('pay', { retry })]), { answer: () => ({ ...down(), after: 0 }) }).took).toBe(took);
  });

  it('keeps the config of a later try as the first resolved it, when it reads what may have changed', () => {
    const plan = planOf(
      [
        doAct('pay', { config: { n: '${ vars.n }', id: '${ uuid() }' }, retry: { backoff: 'fixed', initial: 100 } }),
        { id: 'set', type: 'set_variables', config: { n: 2 } },
      ],
      { variables: { n: 1 } },
    );
    const run = simulate(plan, { answer: times(2, down()) });
    expect(run.tried.map(({ input }) => input)).toEqual(
      Array(3).fill({ n: 1, id: run.tried[0]?.input && (run.tried[0].input as { id: string }).id }),
    );
  });
});

describe('on_error', () => {
  it('runs a handler that sees the error, and replaces the output [E7]', () => {
    const plan = planOf([
      doAct('pay', { on_error: { steps: [say('fallback', { from: '${ error.step }', code: '${ error.code }' })] } }),
      say('use', '${ steps.pay.output }', after('pay')),
    ]);
    const run = simulate(plan, { answer: () => no });
    expect(run.end).toMatchObject({ status: 'COMPLETED', output: { use: { from: 'pay', code: 'no' } } });
    expect(stepRows(plan, run.state).map(({ path, status }) => `${path} ${status}`)).toEqual([
      'pay SUCCESS',
      'pay.error.fallback SUCCESS',
      'use SUCCESS',
    ]);
  });

  it('fails with the error of a failing handler, which names its cause', () => {
    const plan = planOf([doAct('pay', { on_error: { steps: [doAct('fallback')] } })]);
    const run = simulate(plan, { answer: () => no });
    expect(run.end).toMatchObject({
      status: 'FAILED',
      error: {
        code: 'no',
        step: 'fallback',
        details: { path: 'pay.error.fallback', cause: { code: 'no', step: 'pay' } },
      },
    });
  });

  it('handles an expression that fails like any other error, and never retries it', () => {
    const plan = planOf([say('a', '${ input.missing }', { on_error: { steps: [say('b', '${ error.code }')] } })]);
    expect(simulate(plan).end).toMatchObject({ status: 'COMPLETED', output: { a: 'expression_error' } });
  });
});

describe('failing', () => {
  it('starts nothing more, asks what runs to stop, and waits for it to report', () => {
    const plan = planOf([doAct('bad'), doAct('slow'), say('next', 1, after('slow'))]);
    const run = simulate(plan, { answer: ({ path }) => (path === 'bad' ? no : { output: 1, after: 5_000 }) });
    expect(run.end).toMatchObject({ status: 'FAILED', error: { step: 'bad' } });
    expect(run.took).toBe(2);
    expect(stepRows(plan, run.state).map(({ status }) => status)).toEqual(['FAILED', 'FAILED', 'SKIPPED']);
    expect(stepRows(plan, run.state)[1]?.error?.code).toBe('aborted');
  });

  it('withdraws waits when it fails', () => {
    const plan = planOf([doAct('bad'), { id: 'nap', type: 'wait', config: { for: '1h' } }]);
    const run = simulate(plan, { answer: () => no });
    expect(run.took).toBe(1);
    expect(stepRows(plan, run.state)[1]).toMatchObject({ status: 'SKIPPED', error: { code: 'withdrawn' } });
  });

  it('fails a switch from inside out, with the innermost step and its full path', () => {
    const plan = planOf([{ id: 'route', type: 'switch', config: { cases: [{ when: 'true', steps: [doAct('in')] }] } }]);
    const run = simulate(plan, { answer: () => no });
    expect(run.end?.error).toMatchObject({ step: 'in', details: { path: 'route.0.in' } });
    expect(stepRows(plan, run.state).map(({ status }) => status)).toEqual(['FAILED', 'FAILED']);
  });

  it('stops the other cases of a switch in mode all when one of them fails', () => {
    const cases = [
      { when: 'true', steps: [doAct('bad')] },
      { when: 'true', steps: [doAct('slow')] },
    ];
    const plan = planOf([
      { id: 'route', type: 'switch', config: { mode: 'all', cases }, on_error: { steps: [say('after', 'handled')] } },
    ]);
    const run = simulate(plan, { answer: ({ path }) => (path.endsWith('bad') ? no : { output: 1, after: 60_000 }) });
    expect(run.end).toMatchObject({ status: 'COMPLETED', output: { route: 'handled' } });
    expect(run.events.filter(({ e }) => e === 'opened')).toHaveLength(3);
  });

  it('fails with execution_timeout when the time of the whole is over', () => {
    const run = simulate(planOf([{ id: 'nap', type: 'wait', config: { for: '1h' } }], { timeout: '500ms' }));
    expect(run).toMatchObject({ took: 500, end: { status: 'FAILED', error: { code: 'execution_timeout' } } });
  });

  it('waits until a time only when that is one everywhere: with a zone, and on a day that there is', () => {
    const until = (time: string) =>
      simulate(planOf([{ id: 'nap', type: 'wait', config: { until: '${ input.time }' } }]), { input: { time } });
    expect(until('2026-01-01T00:00:02.500Z')).toMatchObject({ took: 2_500, end: { status: 'COMPLETED' } });
    for (const time of ['2026-01-01T00:00:02', '2026-02-30T00:00:00Z', 'Jan 2 2026']) {
      expect(until(time).end).toMatchObject({ status: 'FAILED', error: { code: 'expression_error', step: 'nap' } });
    }
  });

  it('fails a wait whose timeout comes first, and lets one that is due first succeed', () => {
    const nap = (timeout: string) => planOf([{ id: 'nap', type: 'wait', timeout, config: { for: '5s' } }]);
    expect(simulate(nap('1s'))).toMatchObject({
      took: 1_000,
      end: { status: 'FAILED', error: { code: 'timeout', step: 'nap' } },
    });
    expect(simulate(nap('6s'))).toMatchObject({
      took: 5_000,
      end: { status: 'COMPLETED', output: { nap: { waited_ms: 5_000 } } },
    });
  });

  it('fails a switch that takes longer than its timeout', () => {
    const cases = [{ when: 'true', steps: [{ id: 'nap', type: 'wait', config: { for: '1h' } }] }];
    const run = simulate(planOf([{ id: 'route', type: 'switch', timeout: '1s', config: { cases } }]));
    expect(run).toMatchObject({ took: 1_000, end: { status: 'FAILED', error: { code: 'timeout', step: 'route' } } });
  });
});

describe('terminate and cancel', () => {
  it('ends COMPLETED at once with its output, and withdraws the rest [E8]', () => {
    const plan = planOf([
      doAct('slow'),
      { id: 'stop', type: 'terminate', config: { status: 'COMPLETED', output: { early: true } } },
    ]);
    const run = simulate(plan, { answer: () => ({ output: 1, after: 5_000 }) });
    expect(run).toMatchObject({ took: 0, end: { status: 'COMPLETED', output: { early: true } } });
    expect(stepRows(plan, run.state)[0]).toMatchObject({ status: 'SKIPPED', error: { code: 'withdrawn' } });
  });

  it('ends FAILED with the error that is given, after compensation', () => {
    const plan = planOf([
      doAct('order', { compensate: { type: 'act', config: {} } }),
      {
        id: 'stop',
        type: 'terminate',
        config: { status: 'FAILED', error: { code: 'too_big', message: 'no' } },
        depends_on: ['order'],
      },
    ]);
    const run = simulate(plan);
    expect(run.end).toMatchObject({ status: 'FAILED', error: { code: 'too_big', message: 'no', step: 'stop' } });
    expect(run.tried.map(({ path }) => path)).toEqual(['order', 'order.compensate']);
  });

  it('cancels: asks what runs to stop, undoes, runs on_cancel, and ends CANCELLED [E25]', () => {
    const plan = planOf(
      [
        doAct('order', { compensate: { type: 'act', config: {} } }),
        { id: 'nap', type: 'wait', config: { for: '1h' }, depends_on: ['order'] },
      ],
      { on_cancel: [doAct('bye')], on_failure: [doAct('wrong')] },
    );
    const run = simulate(plan, { then: [{ at: 100, input: 'cancel' }] });
    expect(run.tried.map(({ path }) => path)).toEqual(['order', 'order.compensate', '$on_cancel.bye']);
    expect(run.end).toMatchObject({ status: 'CANCELLED', error: { code: 'cancelled' } });
    expect(run.took).toBe(102);
  });

  it('gives up waiting for a try that does not report within 10 seconds', () => {
    const plan = planOf([doAct('stuck')]);
    const run = simulate(plan, {
      answer: () => ({ output: 1, after: 3_600_000 }),
      then: [{ at: 100, input: 'cancel' }],
      deaf: true,
    });
    expect(run.took).toBe(10_100);
    expect(stepRows(plan, run.state)[0]).toMatchObject({ status: 'FAILED', error: { code: 'aborted' } });
  });
});

describe('compensation', () => {
  const undo = { compensate: { type: 'act', config: {} } };

  it('undoes what succeeded in the reverse order of finishing [E17 D8]', () => {
    const plan = planOf([
      doAct('a', undo),
      doAct('b', { ...undo, ...after('a') }),
      doAct('c', { ...undo, ...after('b') }),
    ]);
    const run = simulate(plan, { answer: only('c', no) });
    expect(run.tried.map(({ path }) => path)).toEqual(['a', 'b', 'c', 'b.compensate', 'a.compensate']);
    expect(run.end).toMatchObject({ status: 'FAILED', error: { step: 'c' } });
  });

  it('undoes a step whose last try may have had its effect', () => {
    const plan = planOf([doAct('pay', { ...undo, retry: { max_retries: 0 } })]);
    const run = simulate(plan, { answer: only('pay', down()) });
    expect(run.tried.map(({ path }) => path)).toEqual(['pay', 'pay.compensate']);
  });

  it('goes on with the rest when a compensation fails, and says so', () => {
    const plan = planOf([doAct('a', undo), doAct('b', { ...undo, ...after('a') }), doAct('c', after('b'))]);
    const run = simulate(plan, {
      answer: ({ path }) => (path === 'c' || path === 'b.compensate' ? no : { output: 1 }),
    });
    expect(run.tried.map(({ path }) => path)).toEqual(['a', 'b', 'c', 'b.compensate', 'a.compensate']);
    expect(run.end?.error?.details).toMatchObject({ compensation_failed: [{ step: 'b', code: 'no' }] });
  });

  it('sees what its step saw, and its output', () => {
    const plan = planOf([
      doAct('a', { compensate: { type: 'act', config: { was: '${ steps.a.output }' } } }),
      doAct('b', after('a')),
    ]);
    const run = simulate(plan, { answer: ({ path }) => (path === 'b' ? no : { output: 'made' }) });
    expect(run.tried.at(-1)?.input).toEqual({ was: 'made' });
  });

  it('runs on_failure after compensation, with the error', () => {
    const plan = planOf([doAct('a', undo), doAct('b', after('a'))], {
      on_failure: [doAct('tell', { config: { code: '${ error.code }' } })],
    });
    const run = simulate(plan, { answer: only('b', no) });
    expect(run.tried.map(({ path }) => path)).toEqual(['a', 'b', 'a.compensate', '$on_failure.tell']);
    expect(run.tried.at(-1)?.input).toEqual({ code: 'no' });
  });

  it('undoes a step that had its effect, and whose result could not be made into its output', () => {
    const plan = planOf([doAct('pay', { output: '${ result.no.such }', compensate: { type: 'act', config: {} } })]);
    const { end, tried } = simulate(plan, { answer: () => ({ output: { ok: true } }) });
    expect(end).toMatchObject({ status: 'FAILED', error: { code: 'expression_error', step: 'pay' } });
    expect(tried.map(({ path }) => path)).toEqual(['pay', 'pay.compensate']);
  });

  it('does not undo a step whose input could not be made: it never began', () => {
    const plan = planOf([
      doAct('pay', { config: { n: '${ input.no.such }' }, compensate: { type: 'act', config: {} } }),
    ]);
    expect(simulate(plan).tried).toEqual([]);
  });
});
