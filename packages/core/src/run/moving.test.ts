import { describe, expect, it } from 'vitest';
import { after, doAct, planOf } from '../../testing/plan.ts';
import { simulate } from '../../testing/simulate.ts';

const slow = () => ({ output: 'done', after: 100 });
const moved = (input: 'move' | 'move_and_lose' | 'restart') => [{ at: 50, input }];

describe('an execution whose process changes while a try is under way', () => {
  const plan = planOf([doAct('pay'), doAct('ship', after('pay'))]);

  it('waits for the try where it runs, and does not hand it out again', () => {
    const run = simulate(plan, { answer: slow, then: moved('move') });
    expect(run.tried.map(({ path }) => path)).toEqual(['pay', 'ship']);
    expect([run.end?.status, run.took]).toEqual(['COMPLETED', 200]);
  });

  it('hands it out again under the same key when whoever ran it is gone', () => {
    const run = simulate(plan, { answer: slow, then: moved('move_and_lose') });
    expect(run.tried.map(({ path, attempt }) => [path, attempt])).toEqual([
      ['pay', 1],
      ['pay', 1],
      ['ship', 1],
    ]);
    expect(new Set(run.tried.slice(0, 2).map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });

  it('may repeat no at-most-once try: it is waited for, and unknown only when whoever ran it is gone', () => {
    const once = planOf([doAct('pay', { delivery: 'at_most_once' })]);
    const end = (how: 'move' | 'move_and_lose' | 'restart') => simulate(once, { answer: slow, then: moved(how) }).end;
    expect(end('move')?.status).toBe('COMPLETED');
    expect(end('move_and_lose')?.error?.code).toBe('outcome_unknown');
    expect(end('restart')?.error?.code).toBe('outcome_unknown');
  });

  it('asks it to stop where it runs, and counts what it reports, when the execution is cancelled', () => {
    const then = [...moved('move'), { at: 60, input: 'cancel' as const }];
    const run = simulate(plan, { answer: slow, then });
    expect([run.end?.status, run.tried.length]).toEqual(['CANCELLED', 1]);
  });

  it('goes by the first outcome: the same try lost twice, or lost after it reported, changes nothing', () => {
    const then = [...moved('move_and_lose'), { at: 60, input: 'move_and_lose' as const }];
    const run = simulate(plan, { answer: slow, then });
    expect(run.tried.map(({ path }) => path)).toEqual(['pay', 'pay', 'pay', 'ship']);
    expect(run.end?.status).toBe('COMPLETED');
  });
});
