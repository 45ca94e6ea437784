import { describe, expect, it } from 'vitest';
import { after, doAct, planOf, say } from '../../testing/plan.ts';
import { type Answer, simulate, type Try } from '../../testing/simulate.ts';
import { stepRows } from './step-rows.ts';

const fails = { error: { code: 'no', message: 'no', retryable: false } };
const only = (id: string, answer: Answer) => (attempt: Try) =>
  attempt.path === id ? answer : { output: attempt.path };

function statuses(plan: ReturnType<typeof planOf>, run: ReturnType<typeof simulate>): Record<string, string> {
  return Object.fromEntries(stepRows(plan, run.state).map(({ path, status }) => [path, status]));
}

describe('joins and dead paths', () => {
  it('runs what depends on nothing at once, and the rest when all it depends on has ended [E2 E3]', () => {
    const plan = planOf([doAct('a'), doAct('b'), doAct('c', after('a', 'b'))]);
    const run = simulate(plan, { answer: ({ path }) => ({ output: path, after: path === 'b' ? 50 : 10 }) });
    expect(run.tried.map(({ path }) => path)).toEqual(['a', 'b', 'c']);
    expect(run.took).toBe(60);
    expect(run.end).toMatchObject({ status: 'COMPLETED', output: { c: 'c' } });
  });

  it('skips the chain behind an unchosen branch to its end, and joins what was chosen [E4]', () => {
    const plan = planOf([
      say('big', 1, { when: 'input.n > 10' }),
      say('big-2', 1, after('big')),
      say('small', 2, { when: 'input.n <= 10' }),
      say('merge', 'merged', after('big-2', 'small')),
    ]);
    const run = simulate(plan, { input: { n: 3 } });
    expect(statuses(plan, run)).toEqual({ big: 'SKIPPED', 'big-2': 'SKIPPED', small: 'SUCCESS', merge: 'SUCCESS' });
  });

  it('skips a step none of whose dependencies ran', () => {
    const plan = planOf([say('a', 1, { when: 'false || input.no' }), say('b', 1, after('a'))]);
    expect(statuses(plan, simulate(plan, { input: { no: false } }))).toEqual({ a: 'SKIPPED', b: 'SKIPPED' });
  });

  it('lets a failed dependency with on_error skip satisfy nothing, and one with continue satisfy', () => {
    const dead = planOf([doAct('a', { on_error: 'skip' }), say('b', 1, after('a'))]);
    expect(statuses(dead, simulate(dead, { answer: only('a', fails) }))).toEqual({ a: 'FAILED', b: 'SKIPPED' });
    const alive = planOf([doAct('a', { on_error: 'continue' }), say('b', '${ steps.a.error.code }', after('a'))]);
    const run = simulate(alive, { answer: only('a', fails) });
    expect(run.end).toMatchObject({ status: 'COMPLETED', output: { b: 'no' } });
  });

  it('runs a step with join any once, on the first success, and ends after the others [WCP9]', () => {
    const plan = planOf([doAct('slow'), doAct('quick'), doAct('then', { ...after('slow', 'quick'), join: 'any' })]);
    const run = simulate(plan, { answer: ({ path }) => ({ output: 1, after: path === 'slow' ? 100 : 1 }) });
    expect(run.tried.map(({ path }) => path)).toEqual(['slow', 'quick', 'then']);
    expect(run).toMatchObject({ took: 100, end: { status: 'COMPLETED' } });
  });

  it('runs a counted join when so many have succeeded, once, and ends after the others [WCP30]', () => {
    const plan = planOf([
      doAct('a'),
      doAct('b'),
      doAct('c'),
      doAct('two', { ...after('a', 'b', 'c'), join: { count: 2 } }),
    ]);
    const run = simulate(plan, { answer: ({ path }) => ({ output: 1, after: path === 'b' ? 100 : 10 }) });
    expect(run.tried.map(({ path }) => path)).toEqual(['a', 'b', 'c', 'two']);
    expect(run).toMatchObject({ took: 100, end: { status: 'COMPLETED' } });
  });

  it('skips a counted join that too few can still satisfy', () => {
    const plan = planOf([
      doAct('a', { on_error: 'continue' }),
      doAct('b'),
      doAct('c', { ...after('a', 'b'), join: { count: 2 } }),
    ]);
    expect(statuses(plan, simulate(plan, { answer: only('a', fails) }))).toMatchObject({ a: 'FAILED', c: 'SKIPPED' });
  });

  it('withdraws what leads only to a satisfied join when told to, and nothing that leads elsewhere too', () => {
    const plan = planOf([
      doAct('quick'),
      doAct('slow'),
      doAct('before-slow'),
      doAct('slower', after('before-slow')),
      doAct('other', after('before-slow')),
      doAct('then', { ...after('quick', 'slow', 'slower'), join: 'any', cancel_remaining: true }),
    ]);
    const run = simulate(plan, {
      answer: ({ path }) => ({ output: 1, after: path === 'quick' || path === 'then' ? 1 : 100 }),
    });
    expect(statuses(plan, run)).toEqual({
      quick: 'SUCCESS',
      slow: 'SKIPPED',
      'before-slow': 'SUCCESS',
      slower: 'SKIPPED',
      other: 'SUCCESS',
      then: 'SUCCESS',
    });
  });

  it('ends an empty workflow COMPLETED with an empty output', () => {
    expect(simulate(planOf([])).end).toEqual({ kind: 'end', status: 'COMPLETED', output: {}, error: null });
  });

  it('goes through a chain of 5,000 steps without recursion', () => {
    const steps = Array.from({ length: 5_000 }, (_, n) => say(`s${n}`, n, n === 0 ? {} : after(`s${n - 1}`)));
    expect(simulate(planOf(steps)).end?.output).toEqual({ s4999: 4999 });
  });
});
