import { describe, expect, it } from 'vitest';
import { after, doAct, planOf, say } from '../../testing/plan.ts';
import { type FromOutside, portrait, rebuild, simulate } from '../../testing/simulate.ts';
import type { Json } from '../json.ts';
import type { RunEvent } from './event.ts';
import { waitReason } from './wait-reason.ts';

type Fields = { readonly [field: string]: Json };
type Sent = { readonly at: number; readonly input: FromOutside };

const work = doAct('work', { config: { n: '${ item }' } });
const each = (config: Fields, more: Fields = {}) => ({
  id: 'each',
  type: 'for_each',
  config: { items: [], add_signal: 'add', close_signal: 'close', steps: [work], ...config },
  ...more,
});
const add = (at: number, ...items: Json[]): Sent => ({ at, input: { signal: 'add', payload: { items } } });
const close = (at: number): Sent => ({ at, input: { signal: 'close' } });
const tell = (at: number, input: 'pause' | 'resume' | 'cancel' | 'restart'): Sent => ({ at, input });
const echo = { answer: ({ input }: { input: Json }) => ({ output: (input as { n: Json }).n, after: 10 }) };
const numbers = (of: readonly RunEvent[], kind: string) =>
  of.flatMap((event) => (event.e === kind && 'g' in event && event.g !== undefined ? [event.g] : []));

describe('a for_each whose items come by signals', () => {
  it('adds them at the end of the list, and ends when it was closed and all are done [WCP15]', () => {
    const run = simulate(planOf([each({ items: [1] })]), { ...echo, then: [add(5, 2, 3), add(50, 4), close(60)] });
    expect(run).toMatchObject({ end: { status: 'COMPLETED', output: { each: [1, 2, 3, 4] } }, took: 60 });
  });

  it('ends with its last item when it was closed before', () => {
    const run = simulate(planOf([each({ concurrency: 1 })]), { ...echo, then: [add(1, 1, 2, 3), close(2)] });
    expect(run).toMatchObject({ end: { output: { each: [1, 2, 3] } }, took: 31 });
  });

  it('takes what was kept before it began, in order, and nothing that came behind the closing', () => {
    const nap = { id: 'nap', type: 'wait', config: { for: 50 } };
    const later = { id: 'later', type: 'wait', config: { signal: 'add' }, ...after('each') };
    const plan = planOf([nap, each({}, after('nap')), later]);
    const run = simulate(plan, { ...echo, then: [add(1, 1), add(2, 2), close(3), add(4, 9)] });
    expect(run.end?.output).toEqual({ later: { items: [9] } });
    expect(run.events.find(({ e }) => e === 'ended')).toBeDefined();
    expect(numbers(run.events, 'taken')).toEqual([0, 1, 2]);
  });

  it('without a closing signal ends as soon as all that it knows of have ended', () => {
    const endless = planOf([
      { id: 'each', type: 'for_each', config: { items: [1], add_signal: 'add', steps: [work] } },
      { id: 'nap', type: 'wait', config: { for: 100 } },
    ]);
    const run = simulate(endless, { ...echo, then: [add(5, 2), add(50, 3)] });
    expect(run.end?.output).toEqual({ each: [1, 2], nap: { waited_ms: 100 } });
  });

  it('leaves a signal that brings no items kept, and says why', () => {
    const taken = each({}, { timeout: 500, on_error: 'continue' });
    const bad = (at: number, payload: Json): Sent => ({ at, input: { signal: 'add', payload } });
    const run = simulate(planOf([taken]), { ...echo, then: [bad(1, null), bad(2, { items: 7 }), add(3, 1), close(9)] });
    expect(run.end?.output).toEqual({ each: [1] });
    const [first] = run.events.filter(({ e }) => e === 'signalled');
    expect(first).toMatchObject({ g: 0, bad: { step: 'each', code: 'input_invalid', count: 1 } });
    expect(first).not.toHaveProperty('s');
  });

  it('says so too of one that was kept before it began', () => {
    const nap = { id: 'nap', type: 'wait', config: { for: 50 } };
    const plan = planOf([nap, each({}, after('nap'))]);
    const run = simulate(plan, { then: [{ at: 1, input: { signal: 'add', payload: [1] } }, close(60)] });
    expect(run.events.find((event) => event.e === 'begun' && event.s === 'each')).toMatchObject({ bad: { count: 1 } });
  });

  it('waits for a signal when nothing runs [E20]', () => {
    const plan = planOf([each({})]);
    expect(waitReason(simulate(plan, { ...echo, then: [add(5, 1)], until: 30 }).state)).toBe('signal');
    expect(waitReason(simulate(plan, { ...echo, then: [add(5, 1)], until: 8 }).state)).toBeNull();
  });

  it('counts added items in complete_when, and withdraws what remains', () => {
    const config = { concurrency: 1, complete_when: 'total > 2 && done >= 2' };
    const run = simulate(planOf([each(config)]), { ...echo, then: [add(1, 1, 2), add(15, 3)] });
    expect(run).toMatchObject({ end: { output: { each: [1, 2, null] } }, took: 21 });
  });

  it('takes what came during a pause when it goes on, and outlives crashes', () => {
    const plan = planOf([each({ items: ['a'] })]);
    const then = [tell(5, 'pause'), add(6, 'b'), tell(7, 'restart'), close(8), tell(40, 'resume'), tell(42, 'restart')];
    const run = simulate(plan, {
      ...echo,
      then,
      onRestart: (held, rebuilt) => expect(portrait(plan, rebuilt)).toEqual(portrait(plan, held)),
    });
    expect(run.end?.output).toEqual({ each: ['a', 'b'] });
    expect(portrait(plan, rebuild(plan, run.events))).toEqual(portrait(plan, run.state));
  });

  it('gives a signal to one of several, the one that has waited longest', () => {
    const other = { ...each({ steps: [say('o', '${ item }')] }), id: 'other' };
    const plan = planOf([each({}), other]);
    const run = simulate(plan, { ...echo, then: [add(1, 1), close(2), add(3, 2), close(4)] });
    expect(run.end?.output).toEqual({ each: [1], other: [2] });
  });

  it('fails when its time is over, also while nothing runs and whatever failed items it forgives', () => {
    const late = planOf([each({ on_item_error: 'continue' }, { timeout: 30 })]);
    expect(simulate(late, echo)).toMatchObject({ end: { status: 'FAILED', error: { code: 'timeout' } }, took: 30 });
    const busy = simulate(late, { answer: () => ({ output: 1, after: 100 }), then: [add(1, 1, 2, 3)] });
    expect(busy).toMatchObject({ end: { status: 'FAILED', error: { code: 'timeout', step: 'each' } }, took: 31 });
  });

  it('takes nothing while its block is stopping, or after it was cancelled', () => {
    const plan = planOf([each({ items: [1] })]);
    const run = simulate(plan, {
      deaf: true,
      answer: () => ({ output: 1, after: 50 }),
      then: [tell(5, 'cancel'), add(6, 2)],
    });
    expect(run.end?.status).toBe('CANCELLED');
    expect(run.tried).toHaveLength(1);
  });

  it('fails with items_limit over 100,000 items', () => {
    const many = Array.from({ length: 60_000 }, () => 0);
    const plan = planOf([each({ concurrency: 1 })]);
    const run = simulate(plan, { answer: () => ({ output: 1, after: 50 }), then: [add(1, ...many), add(2, ...many)] });
    expect(run.end).toMatchObject({ status: 'FAILED', error: { code: 'items_limit', step: 'each' } });
  });
});
