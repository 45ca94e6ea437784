import { describe, expect, it } from 'vitest';
import { after, doAct, planOf, say } from '../../testing/plan.ts';
import { contextOf, type FromOutside, simulate } from '../../testing/simulate.ts';
import type { Json } from '../json.ts';
import { decide } from './decide.ts';
import { createState } from './state.ts';
import { stepRows } from './step-rows.ts';
import { waitReason } from './wait-reason.ts';

type Fields = { readonly [field: string]: Json };
type Sent = { readonly at: number; readonly input: FromOutside };

const wait = (id: string, config: Fields, more: Fields = {}) => ({ id, type: 'wait', config, ...more });
const waitAny = (id: string, options: Fields, more: Fields = {}) => ({
  id,
  type: 'wait_any',
  config: { options },
  ...more,
});
const nap = (id: string, ms: number, more: Fields = {}) => wait(id, { for: ms }, more);
const send = (at: number, signal: string, payload: Json = null): Sent => ({ at, input: { signal, payload } });
const tell = (at: number, input: 'pause' | 'resume' | 'cancel' | 'restart'): Sent => ({ at, input });

function rows(plan: ReturnType<typeof planOf>, run: ReturnType<typeof simulate>): string[] {
  return stepRows(plan, run.state).map(({ path, status }) => `${path} ${status}`);
}

describe('a wait for a signal', () => {
  it('ends when the signal comes, and its payload is the output [WCP24]', () => {
    const plan = planOf([wait('ask', { signal: 'go' }), say('end', '${ steps.ask.output.n }', after('ask'))]);
    const run = simulate(plan, { then: [send(10, 'other', { n: 1 }), send(20, 'go', { n: 2 })] });
    expect(run).toMatchObject({ end: { status: 'COMPLETED', output: { end: 2 } }, took: 20 });
  });

  it('takes a signal that came before it began, and then the next, in order [F77]', () => {
    const plan = planOf(
      [nap('nap', 50), wait('one', { signal: 'go' }, after('nap')), wait('two', { signal: 'go' }, after('one'))],
      {
        output: ['${ steps.one.output }', '${ steps.two.output }'],
      },
    );
    const run = simulate(plan, { then: [send(10, 'go', 1), send(11, 'go', 2), send(12, 'go', 3)] });
    expect(run).toMatchObject({ end: { output: [1, 2] }, took: 50 });
  });

  it('that is transient counts only what comes while it waits', () => {
    const plan = planOf([nap('nap', 50), wait('one', { signal: 'go', transient: true }, after('nap'))]);
    expect(simulate(plan, { then: [send(10, 'go', 1), send(60, 'go', 2)] }).end?.output).toEqual({ one: 2 });
  });

  it('leaves to another what it did not take: what is transient for one is kept for the next', () => {
    const plan = planOf([
      nap('nap', 50),
      wait('one', { signal: 'go', transient: true, timeout: 20, on_timeout: 'continue' }, after('nap')),
      wait('two', { signal: 'go' }, after('one')),
    ]);
    expect(simulate(plan, { then: [send(10, 'go', 1)] })).toMatchObject({ end: { output: { two: 1 } }, took: 70 });
  });

  it('wakes one step for each signal, the one that has waited longest first', () => {
    const plan = planOf([nap('nap', 5), wait('late', { signal: 'go' }, after('nap')), wait('early', { signal: 'go' })]);
    const run = simulate(plan, { then: [send(10, 'go', 'first'), send(20, 'go', 'second')] });
    expect(run.end?.output).toEqual({ late: 'second', early: 'first' });
  });

  it('of several waits a signal ends the first that it matches', () => {
    const plan = planOf([
      wait('one', { signal: 'go', match: 'signal.payload.to == "one"' }),
      wait('two', { signal: 'go', match: '${ signal.payload.to == "two" && signal.name == "go" }' }),
    ]);
    const run = simulate(plan, { then: [send(10, 'go', { to: 'two' }), send(20, 'go', { to: 'one' })] });
    expect(run.end?.output).toEqual({ one: { to: 'one' }, two: { to: 'two' } });
  });

  it('sees when the signal was received', () => {
    const plan = planOf([
      nap('nap', 50),
      wait('one', { signal: 'go', match: 'signal.received_at == "2026-01-01T00:00:00.010Z"' }, after('nap')),
    ]);
    expect(simulate(plan, { then: [send(9, 'go', 1), send(10, 'go', 2)] }).end?.output).toEqual({ one: 2 });
  });

  it.each<[string, readonly Sent[], string]>([
    ['comes', [send(10, 'go', { n: 1 }), send(20, 'go', {}), send(30, 'go', { n: 2 })], 'signalled'],
    ['was kept', [send(1, 'go', {}), send(2, 'go', { n: 2 })], 'begun'],
    [
      'came during a pause',
      [tell(6, 'pause'), send(10, 'go', {}), send(11, 'go', { n: 2 }), tell(20, 'resume')],
      'resumed',
    ],
  ])('whose match fails on a signal that %s takes it for no match, and the journal tells', (_, then, kind) => {
    const plan = planOf([nap('nap', 5), wait('one', { signal: 'go', match: 'signal.payload.n > 1' }, after('nap'))]);
    const run = simulate(plan, { then });
    expect(run.end?.output).toEqual({ one: { n: 2 } });
    const told = run.events.flatMap((event) =>
      'bad' in event && event.bad !== undefined ? [[event.e, event.bad]] : [],
    );
    expect(told).toEqual([[kind, { step: 'one', code: 'expression_error', message: expect.any(String), count: 1 }]]);
  });

  it.each<[string, Fields, Fields, Fields]>([
    ['fails', { timeout: 30 }, {}, { status: 'FAILED', error: { code: 'timeout', step: 'one' } }],
    ['fails by the timeout of the step', {}, { timeout: 30 }, { status: 'FAILED', error: { code: 'timeout' } }],
    [
      'goes on with null',
      { timeout: '${ input.ms }', on_timeout: 'continue' },
      {},
      { status: 'COMPLETED', output: { one: null } },
    ],
    [
      'goes on by the timeout of the step',
      { timeout: '1h', on_timeout: 'continue' },
      { timeout: 30 },
      { status: 'COMPLETED' },
    ],
    [
      'is handled',
      { timeout: 30 },
      { on_error: { steps: [say('h', '${ error.code }')] } },
      { output: { one: 'timeout' } },
    ],
  ])('that nothing ends in time %s', (_, config, more, end) => {
    const run = simulate(planOf([wait('one', { signal: 'go', ...config }, more)]), {
      input: { ms: 30 },
      then: [send(31, 'go')],
    });
    expect(run).toMatchObject({ end, took: 30 });
    expect(run.state.timers.size).toBe(0);
  });

  it('fails when its timeout is no duration', () => {
    const run = simulate(planOf([wait('one', { signal: 'go', timeout: '${ input }' })]));
    expect(run.end).toMatchObject({ status: 'FAILED', error: { code: 'expression_error', step: 'one' } });
  });

  it('with a timeout of nothing only looks at what was kept', () => {
    const plan = planOf([wait('one', { signal: 'go', timeout: 0, on_timeout: 'continue' })]);
    expect(simulate(plan)).toMatchObject({ end: { output: { one: null } }, took: 0 });
  });

  it('has taken the signal also when its output cannot be shaped: nothing takes it twice', () => {
    const config = { signal: 'go', timeout: 20, on_timeout: 'continue' };
    const plan = planOf([
      wait('one', { signal: 'go' }, { output: '${ result.missing }', on_error: 'continue' }),
      wait('two', config, after('one')),
    ]);
    expect(simulate(plan, { then: [send(10, 'go', {})] }).end?.output).toEqual({ two: null });
  });

  it('is withdrawn when its execution stops, and takes nothing any more', () => {
    const plan = planOf([wait('one', { signal: 'go' })], { on_cancel: [wait('last', { signal: 'go', timeout: 50 })] });
    const run = simulate(plan, { then: [tell(10, 'cancel'), send(20, 'go', 'bye')] });
    expect(rows(plan, run)).toEqual(['one SKIPPED', '$on_cancel.last SUCCESS']);
  });

  it('inside an item is withdrawn with it, when what the items lead to fails', () => {
    const items = {
      items: [1, 2],
      complete_when: 'done == 1 && input.missing',
      steps: [wait('one', { signal: 'go' })],
    };
    const plan = planOf([
      { id: 'each', type: 'for_each', config: items, on_error: { steps: [wait('h', { signal: 'go' })] } },
    ]);
    const run = simulate(plan, { then: [send(10, 'go'), send(20, 'go', 'handled')] });
    expect(run.end).toMatchObject({ status: 'COMPLETED', output: { each: 'handled' } });
    expect(rows(plan, run)).toContain('each.1.one SKIPPED');
  });
});

describe('a paused execution', () => {
  it('keeps signals, and hands them out when it goes on', () => {
    const plan = planOf([wait('one', { signal: 'go', transient: true }), wait('two', { signal: 'go' }, after('one'))]);
    const run = simulate(plan, { then: [tell(5, 'pause'), send(10, 'go', 1), send(11, 'go', 2), tell(50, 'resume')] });
    expect(run).toMatchObject({ end: { output: { two: 2 } }, took: 50 });
  });

  it.each([
    [20, 'answer'],
    [40, null],
  ])('judges by when things happened: a signal at %i and a timeout at 30', (at, output) => {
    const plan = planOf([wait('one', { signal: 'go', timeout: 30, on_timeout: 'continue' })]);
    const run = simulate(plan, { then: [tell(5, 'pause'), send(at, 'go', 'answer'), tell(50, 'resume')] });
    expect(run.end?.output).toEqual({ one: output });
  });
});

describe('wait_any', () => {
  const late = { for: 30, steps: [say('late-said', 'too late')] };
  const came = { signal: 'go', steps: [say('came-said', 'thanks')] };

  it('runs the steps of the first option to happen, and withdraws the others [WCP16]', () => {
    const plan = planOf([waitAny('race', { late, came })]);
    const timed = simulate(plan);
    expect(timed).toMatchObject({
      end: { output: { race: { chosen: 'late', payload: null, output: 'too late' } } },
      took: 30,
    });
    expect(rows(plan, timed)).toEqual(['race SUCCESS', 'race.late.late-said SUCCESS', 'race.came.came-said SKIPPED']);
    const signalled = simulate(plan, { then: [send(10, 'go', { n: 1 })] });
    expect(signalled).toMatchObject({
      end: { output: { race: { chosen: 'came', payload: { n: 1 }, output: 'thanks' } } },
      took: 10,
    });
    expect(signalled.state.timers.size).toBe(0);
  });

  it('chooses the earliest of several times, and an option without steps has no output [WCP16]', () => {
    const plan = planOf([waitAny('race', { slow: { for: 50 }, quick: { until: '${ "2026-01-01T00:00:00.020Z" }' } })]);
    expect(simulate(plan)).toMatchObject({
      end: { output: { race: { chosen: 'quick', payload: null, output: null } } },
      took: 20,
    });
  });

  it('takes a signal that was kept, before a time that has come', () => {
    const plan = planOf([nap('nap', 50), waitAny('race', { past: { until: 0 }, came }, after('nap'))]);
    const run = simulate(plan, { then: [send(10, 'go', 7)] });
    expect(run.end?.output).toEqual({ race: { chosen: 'came', payload: 7, output: 'thanks' } });
  });

  it('fails with the steps of its option, and they are undone [WCP16]', () => {
    const undo = { compensate: { type: 'act', config: {} } };
    const plan = planOf([
      waitAny('race', { late: { for: 5, steps: [doAct('pay', undo), doAct('bad', after('pay'))] } }),
    ]);
    const run = simulate(plan, {
      answer: ({ path }) =>
        path.endsWith('bad') ? { error: { code: 'no', message: 'no', retryable: false } } : { output: 1 },
    });
    expect(run.end).toMatchObject({ status: 'FAILED', error: { code: 'no', step: 'bad' } });
    expect(run.tried.map(({ path }) => path).at(-1)).toBe('race.late.pay.compensate');
  });

  it.each([
    ['waits', 10, {}],
    ['has chosen', 40, { then: [send(8, 'go')] }],
  ])('has its timeout while it %s', (_, timeout, more) => {
    const slow = { signal: 'go', steps: [nap('slow', 100)] };
    const run = simulate(planOf([waitAny('race', { slow, late: { for: '1h' } }, { timeout })]), more);
    expect(run).toMatchObject({ end: { status: 'FAILED', error: { code: 'timeout', step: 'race' } }, took: timeout });
  });

  it('goes on after a crash, waiting and chosen', () => {
    const plan = planOf([waitAny('race', { late: { for: 30, steps: [nap('slow', 20)] }, came })]);
    const run = simulate(plan, { then: [tell(10, 'restart'), tell(40, 'restart')] });
    expect(run).toMatchObject({ end: { output: { race: { chosen: 'late' } } }, took: 50 });
  });

  it('that is completed by a cancel has what its option gave', () => {
    const stop = { id: 'stop', type: 'cancel', config: { steps: ['race'], outcome: 'complete' }, ...after('nap') };
    const steps = [say('said', 'half'), wait('long', { signal: 'never' }, after('said'))];
    const plan = planOf([nap('nap', 20), waitAny('race', { came: { signal: 'go', steps } }), stop]);
    expect(simulate(plan, { then: [send(5, 'go', 1)] }).end?.output).toMatchObject({
      race: { chosen: 'came', output: 'half' },
    });
    expect(simulate(plan).end?.output).toMatchObject({ race: null });
  });
});

describe('the wait reason', () => {
  const reasonOf = (steps: readonly Json[], ...then: readonly Sent[]) =>
    waitReason(simulate(planOf(steps), { then, answer: () => ({ output: 1, after: 1e6 }), until: 30 }).state);

  it('is signal before any time, paused before that, and nothing while something executes', () => {
    const waits = [wait('one', { signal: 'go' }), nap('nap', 50)];
    expect(reasonOf(waits)).toBe('signal');
    expect(reasonOf(waits, tell(5, 'pause'))).toBe('paused');
    expect(reasonOf([...waits, doAct('a')])).toBeNull();
    expect(reasonOf([waitAny('race', { a: { for: 50 }, b: { signal: 'go' } })])).toBe('signal');
    expect(reasonOf([waitAny('race', { a: { for: 50 }, b: { for: 60 } })])).toBe('delay');
    expect(reasonOf([wait('one', { signal: 'go' })], send(10, 'other'))).toBe('signal');
  });
});

describe('an execution that is in the middle of a long stretch', () => {
  it('has no wait reason though a step of it waits: what is left to do is lost with its process, and is not to be left alone', () => {
    const rounds = { times: 3_000, max_iterations: 3_000, steps: [say('x', 1)] };
    const plan = planOf([wait('one', { signal: 'go' }), { id: 'loop', type: 'loop', config: rounds }]);
    const state = createState(plan);
    const context = contextOf();
    const around = { context, entropy: { uuid: () => 'u', random: () => 0, executionId: () => 'e' } };
    let decided = decide(plan, state, { kind: 'start', at: 0 }, around);
    expect([decided.more, waitReason(state)]).toEqual([true, null]);
    while (decided.more) decided = decide(plan, state, { kind: 'continue', at: 0 }, around);
    expect(waitReason(state)).toBe('signal');
  });
});

describe('a signal that was received before what was decided last', () => {
  it('is followed up after it: nothing ends before it began', () => {
    const plan = planOf([nap('nap', 50), wait('one', { signal: 'go' }, after('nap'))]);
    const run = simulate(plan, { then: [{ at: 60, input: { signal: 'go', receivedAt: 40 } }] });
    const [row] = stepRows(plan, run.state).filter(({ step_id }) => step_id === 'one');
    expect((row?.finishedAt ?? 0) - (row?.startedAt ?? 0)).toBe(0);
    expect(run.events.find(({ e }) => e === 'ended')?.at).toBe((run.state.startedAt ?? 0) + 50);
  });
});
