import { describe, expect, it } from 'vitest';
import { after, doAct, planOf, say } from '../../testing/plan.ts';
import { type FromOutside, portrait, rebuild, simulate } from '../../testing/simulate.ts';
import type { Json } from '../json.ts';
import { stepRows } from './step-rows.ts';
import { waitReason } from './wait-reason.ts';

type Fields = { readonly [field: string]: Json };

const write = (id: string, values: Fields, more: Fields = {}) => ({
  id,
  type: 'set_variables',
  config: values,
  ...more,
});
const nap = (id: string, ms: number, more: Fields = {}) => ({ id, type: 'wait', config: { for: ms }, ...more });
const open = (otherwise: 'skip' | 'wait', when = 'vars.open') => ({ milestone: { when, else: otherwise } });
const shut = { variables: { open: false } };
const tell = (at: number, input: FromOutside) => ({ at, input });
const statuses = (plan: ReturnType<typeof planOf>, run: ReturnType<typeof simulate>) =>
  Object.fromEntries(stepRows(plan, run.state).map(({ path, status }) => [path, status]));

describe('a milestone', () => {
  it('that holds lets the step start, at once [WCP18]', () => {
    const plan = planOf([say('a', 1, open('wait'))], { variables: { open: true } });
    expect(simulate(plan)).toMatchObject({ end: { output: { a: 1 } }, took: 0 });
  });

  it('that does not hold passes the step over, and what needs it [WCP18]', () => {
    const plan = planOf([say('a', 1, open('skip')), say('b', 2, after('a'))], shut);
    const run = simulate(plan);
    expect(run.end?.status).toBe('COMPLETED');
    expect(statuses(plan, run)).toEqual({ a: 'SKIPPED', b: 'SKIPPED' });
  });

  it('makes the step wait, QUEUED, and start with the event that lets it hold [WCP18]', () => {
    const plan = planOf(
      [nap('nap', 50), write('unlock', { open: true }, after('nap')), doAct('a', open('wait'))],
      shut,
    );
    const early = simulate(plan, { until: 20 });
    expect(statuses(plan, early)).toMatchObject({ nap: 'EXECUTING', a: 'QUEUED' });
    expect(waitReason(early.state)).toBe('delay');
    const run = simulate(plan, { answer: () => ({ output: 1, after: 5 }) });
    expect(run).toMatchObject({ end: { status: 'COMPLETED' }, took: 55 });
    expect(stepRows(plan, run.state).find(({ path }) => path === 'a')?.startedAt).toBe((run.state.startedAt ?? 0) + 50);
  });

  it('is asked after every event: also one that holds for a moment only lets it start', () => {
    const plan = planOf(
      [
        say('a', 1, open('wait')),
        nap('n', 9),
        write('on', { open: true }, after('n')),
        write('off', { open: false }, after('on')),
      ],
      shut,
    );
    expect(simulate(plan).end?.output).toMatchObject({ a: 1 });
  });

  it('is asked after `when`, which is asked once', () => {
    const both = { when: 'vars.open', ...open('wait', 'vars.n == 1') };
    const plan = planOf([say('a', 1, both), nap('n', 9), write('w', { open: false, n: 1 }, after('n'))], {
      variables: { open: true, n: 0 },
    });
    expect(simulate(plan).end?.output).toMatchObject({ a: 1 });
  });

  it('lets a step start that ends the milestone of the next, which goes on waiting', () => {
    const first = write('first', { open: false }, open('wait'));
    const plan = planOf(
      [
        first,
        say('second', 2, { ...open('wait'), on_error: 'continue' }),
        nap('n', 9),
        write('w', { open: true }, after('n')),
      ],
      shut,
    );
    const run = simulate(plan);
    expect(statuses(plan, run)).toMatchObject({ first: 'SUCCESS', second: 'FAILED' });
  });

  it('that nothing can let hold any more fails the step, and never hangs', () => {
    const plan = planOf([nap('nap', 50), doAct('a', open('wait'))], shut);
    expect(simulate(plan)).toMatchObject({
      end: { status: 'FAILED', error: { code: 'milestone_unreachable', step: 'a' } },
      took: 50,
    });
  });

  it('that fails so is an error like any other: its handler may let another hold', () => {
    const plan = planOf(
      [
        say('a', 1, { ...open('wait', 'vars.n == 2'), on_error: { steps: [write('mend', { open: true })] } }),
        say('b', 2, open('wait')),
      ],
      { variables: { open: false, n: 0 } },
    );
    expect(simulate(plan).end).toMatchObject({ status: 'COMPLETED', output: { b: 2 } });
  });

  it('waits for as long as a signal may still come', () => {
    const ask = { id: 'ask', type: 'wait', config: { signal: 'go' } };
    const plan = planOf([ask, write('w', { open: true }, after('ask')), say('a', 1, open('wait'))], shut);
    const run = simulate(plan, { then: [tell(500, { signal: 'go' })] });
    expect(run).toMatchObject({ end: { status: 'COMPLETED' }, took: 500 });
    expect(waitReason(simulate(plan, { until: 100 }).state)).toBe('signal');
  });

  it('whose condition fails, fails the step', () => {
    const plan = planOf([say('a', 1, open('skip', 'input.none'))]);
    expect(simulate(plan).end).toMatchObject({ status: 'FAILED', error: { code: 'expression_error', step: 'a' } });
  });

  it('starts nothing during a pause, and is asked again when the execution goes on', () => {
    const plan = planOf([nap('nap', 10), write('w', { open: true }, after('nap')), say('a', 1, open('wait'))], shut);
    const run = simulate(plan, { then: [tell(5, 'pause'), tell(40, 'resume')] });
    expect(run).toMatchObject({ end: { status: 'COMPLETED' }, took: 40 });
  });

  it('outlives a crash, before and after it holds', () => {
    const plan = planOf([nap('nap', 10), write('w', { open: true }, after('nap')), doAct('a', open('wait'))], shut);
    const run = simulate(plan, {
      answer: () => ({ output: 1, after: 20 }),
      then: [tell(5, 'restart'), tell(15, 'restart')],
      onRestart: (held, rebuilt) => expect(portrait(plan, rebuilt)).toEqual(portrait(plan, held)),
    });
    expect(run.end?.status).toBe('COMPLETED');
    expect(portrait(plan, rebuild(plan, run.events))).toEqual(portrait(plan, run.state));
  });

  it.each(['skip', 'complete'])('does not keep a step from being cancelled (%s): it never began', (outcome) => {
    const stop = { id: 'stop', type: 'cancel', config: { steps: ['a'], outcome }, ...after('nap') };
    const plan = planOf([nap('nap', 10), say('a', 1, open('wait')), stop], shut);
    const run = simulate(plan);
    expect(run.end?.status).toBe('COMPLETED');
    expect(statuses(plan, run)).toMatchObject({ a: 'SKIPPED' });
  });

  it('lets a goto jump when it holds, and is asked again in the next round', () => {
    const back = { id: 'back', type: 'goto', config: { step: 'a' }, ...after('a'), ...open('wait', 'vars.n > 0') };
    const plan = planOf(
      [
        say('a', 1),
        back,
        nap('n', 9),
        write('w', { n: 1 }, after('n')),
        nap('m', 20),
        write('x', { n: 0 }, after('m')),
      ],
      {
        variables: { n: 0 },
      },
    );
    const run = simulate(plan, { until: 12 });
    expect(run.end).toMatchObject({ error: { code: 'goto_limit', step: 'back' } });
  });

  it('is withdrawn with its execution', () => {
    const plan = planOf([nap('nap', 100), say('a', 1, open('wait'))], shut);
    expect(simulate(plan, { then: [tell(10, 'cancel')] }).end?.status).toBe('CANCELLED');
  });

  it('costs as many questions as there are writings of what it reads, not events', () => {
    const rounds = {
      id: 'rounds',
      type: 'loop',
      config: { times: 900, steps: [write('count', { n: '${ loop.index }' })] },
    };
    const held = Array.from({ length: 50 }, (_, n) => say(`h${n}`, 1, open('wait')));
    const plan = planOf([nap('nap', 1), { ...rounds, ...after('nap') }, ...held], { variables: { open: false, n: 0 } });
    let asked = 0;
    const [first] = held.map(({ id }) => plan.steps.find((step) => step.id === id));
    const when = first?.milestone?.when as { evaluate: (...args: never[]) => Json };
    const { evaluate } = when;
    when.evaluate = (...args) => {
      asked += 1;
      return evaluate(...args);
    };
    expect(simulate(plan).end?.error).toMatchObject({ code: 'milestone_unreachable' });
    expect(asked).toBe(1);
  });

  it('is asked again when an administrator sets a variable that it reads', () => {
    const plan = planOf(
      [
        say('m', 1, { milestone: { when: 'vars.open', else: 'wait' } }),
        { id: 'nap', type: 'wait', config: { for: '1h' } },
      ],
      { variables: { open: false } },
    );
    const then = [{ at: 50, input: { intervene: { do: 'set', values: { open: true } } } } as const];
    const { events } = simulate(plan, { then, until: 100 });
    expect(events.filter((event) => event.e === 'succeeded' && event.s === 'm')).toHaveLength(1);
  });
});
