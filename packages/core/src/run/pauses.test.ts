import { describe, expect, it } from 'vitest';
import { after, doAct, planOf, say } from '../../testing/plan.ts';
import { contextOf, type FromOutside, rebuild, simulate } from '../../testing/simulate.ts';
import { decide } from './decide.ts';
import type { PauseScope } from './event.ts';
import { createState } from './state.ts';
import { waitReason } from './wait-reason.ts';

const hold = (at: number, of: PauseScope): { at: number; input: FromOutside } => ({ at, input: { kind: 'pause', of } });
const go = (at: number, of: PauseScope): { at: number; input: FromOutside } => ({ at, input: { kind: 'resume', of } });
const nap = (id: string, ms: number) => ({ id, type: 'wait', config: { for: ms } });
const around = { context: contextOf(), entropy: { uuid: () => 'u', random: () => 0.5, executionId: () => 'e' } };

describe('pauses of several scopes', () => {
  const plan = planOf([nap('nap', 100), doAct('act', after('nap'))]);

  it('hold until the last of them is over', () => {
    const run = simulate(plan, {
      then: [hold(10, 'workflow'), hold(20, 'execution'), go(200, 'workflow'), go(300, 'execution')],
    });
    expect(run).toMatchObject({ end: { status: 'COMPLETED' }, took: 301 });
    expect(run.tried).toHaveLength(1);
  });

  it('are each over once, whichever goes first', () => {
    for (const order of [
      [go(200, 'execution'), go(300, 'tenant')],
      [go(200, 'tenant'), go(300, 'execution')],
    ]) {
      const run = simulate(plan, { then: [hold(10, 'tenant'), hold(11, 'tenant'), hold(20, 'execution'), ...order] });
      expect(run.took).toBe(301);
      expect(run.events.filter(({ e }) => e === 'paused')).toHaveLength(2);
    }
  });

  it('let what runs end, and outlive a crash', () => {
    const run = simulate(planOf([doAct('one'), doAct('two', after('one'))]), {
      answer: () => ({ output: 1, after: 50 }),
      then: [hold(10, 'workflow'), { at: 30, input: 'restart' }, go(200, 'workflow')],
    });
    expect(run.end?.status).toBe('COMPLETED');
    expect(run.tried.map(({ path }) => path)).toEqual(['one', 'one', 'two']);
  });

  it('do not hold up the end of what was told to end', () => {
    const onCancel = planOf([nap('nap', 100)], { on_cancel: [doAct('tidy')] });
    const then = [{ at: 10, input: 'cancel' as const }, hold(10, 'workflow')];
    expect(simulate(onCancel, { then })).toMatchObject({ end: { status: 'CANCELLED' }, took: 11 });
  });
});

describe('an execution that is paused before its start', () => {
  const plan = planOf([say('one', 1)]);
  const at = 1_000;
  const held = () => {
    const state = createState(plan);
    const events = [
      ...decide(plan, state, { kind: 'pause', scope: 'workflow', at, by: 'ann' }, around).events,
      ...decide(plan, state, { kind: 'start', at }, around).events,
    ];
    return { state, events };
  };

  it('is PENDING, waits by name, and has begun nothing', () => {
    const { state, events } = held();
    expect([state.status, waitReason(state), events.map(({ e }) => e)]).toEqual(['PENDING', 'paused', ['paused']]);
    expect(rebuild(plan, events)).toMatchObject({ status: 'PENDING', pauses: [{ scope: 'workflow', by: 'ann' }] });
  });

  it('starts when the pause is over', () => {
    const { state } = held();
    decide(plan, state, { kind: 'resume', scope: 'workflow', at: 2_000 }, around);
    expect(state).toMatchObject({ status: 'COMPLETED', startedAt: 2_000 });
  });

  it('ends when it is cancelled, having begun nothing', () => {
    const { state } = held();
    const { events } = decide(plan, state, { kind: 'cancel', at: 2_000 }, around);
    expect(state.status).toBe('CANCELLED');
    expect(events.map(({ e }) => e)).not.toContain('begun');
  });
});
