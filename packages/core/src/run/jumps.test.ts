import { describe, expect, it } from 'vitest';
import { after, doAct, planOf, say } from '../../testing/plan.ts';
import { type Answer, rebuild, type Simulation, simulate, type Try } from '../../testing/simulate.ts';
import type { Json } from '../json.ts';
import { stepRows } from './step-rows.ts';

const count = (id: string, more: { readonly [field: string]: Json } = {}): Json => ({
  id,
  type: 'set_variables',
  config: { n: '${ vars.n + 1 }' },
  ...more,
});
const goto = (id: string, step: string, more: { readonly [field: string]: Json } = {}): Json => ({
  id,
  type: 'goto',
  config: { step },
  ...more,
});
const variables = { n: 0 };
const tried = ({ tried: all }: Simulation) => all.map(({ path, key }) => `${path}/${key.r ?? 0}`);
const rows = (plan: ReturnType<typeof planOf>, { state }: Simulation) =>
  stepRows(plan, state).map(({ path, round, status }) => `${path}/${round} ${status}`);

describe('goto', () => {
  it('begins an earlier step again with all that depends on it, until its condition lets what follows run [WCP10]', () => {
    const plan = planOf(
      [
        doAct('open'),
        doAct('work', after('open')),
        count('counted', after('work')),
        goto('again', 'work', { ...after('counted'), when: 'vars.n < 3' }),
        doAct('done', after('again')),
      ],
      { variables, output: '${ vars.n }' },
    );
    const run = simulate(plan);
    expect(tried(run)).toEqual(['open/0', 'work/0', 'work/1', 'work/2', 'done/0']);
    expect(run.end).toMatchObject({ status: 'COMPLETED', output: 3 });
    expect(rows(plan, run).filter((row) => row.startsWith('again') || row.startsWith('done'))).toEqual([
      'again/0 SUCCESS',
      'again/1 SUCCESS',
      'again/2 SKIPPED',
      'done/0 SUCCESS',
    ]);
  });

  it('gives each round effect keys of its own, inside the blocks that it begins again as well', () => {
    const plan = planOf(
      [
        { id: 'group', type: 'block', config: { steps: [doAct('pay')] } },
        doAct('tell', after('group')),
        count('counted', after('tell')),
        goto('again', 'group', { ...after('counted'), when: 'vars.n < 2' }),
      ],
      { variables },
    );
    expect(simulate(plan).tried.map(({ idempotencyKey }) => idempotencyKey)).toEqual([
      'x/group.body.pay/0/0',
      'x/tell/0/0',
      'x/group@1.body.pay/0/0',
      'x/tell/1/0',
    ]);
  });

  it('withdraws what has begun since: tries, waits and their timers, branches that nothing waits for, handlers', () => {
    const branches = { quick: { steps: [say('q', 1)] }, slow: { steps: [doAct('s')] } };
    const plan = planOf(
      [
        say('first', 1),
        { id: 'nap', type: 'wait', config: { for: 500 }, ...after('first') },
        {
          id: 'ear',
          type: 'wait',
          config: { signal: 'never', timeout: '1h', on_timeout: 'continue' },
          ...after('first'),
        },
        { id: 'two', type: 'parallel', config: { branches, join: 'any' }, ...after('first') },
        doAct('broken', { ...after('first'), on_error: { steps: [doAct('mend')] } }),
        doAct('soon', after('first')),
        count('counted', after('soon')),
        goto('again', 'first', { ...after('counted'), when: 'vars.n < 2' }),
        { id: 'over', type: 'terminate', config: { status: 'COMPLETED' }, ...after('again') },
      ],
      { variables },
    );
    const answers: Record<string, Answer> = {
      broken: { error: { code: 'no', message: 'no', retryable: false }, after: 2 },
      soon: { output: 1, after: 20 },
    };
    const run = simulate(plan, { answer: ({ path }: Try) => answers[path] ?? { output: 1, after: 300 }, until: 30 });
    const first = rows(plan, run).filter((row) => row.includes('/0') && !row.startsWith('again') && !row.includes('@'));
    expect(first.filter((row) => row.endsWith('SKIPPED')).sort()).toEqual([
      'broken.error.mend/0 SKIPPED',
      'broken/0 SKIPPED',
      'ear/0 SKIPPED',
      'nap/0 SKIPPED',
      'two.slow.s/0 SKIPPED',
    ]);
    expect(run.state.signals.waiting.size).toBe(1);
    expect([...run.state.timers.values()].map(({ kind }) => kind)).toEqual(['step', 'step']);
    const ended = simulate(plan, { answer: ({ path }) => answers[path] ?? { output: 1, after: 300 } });
    expect(ended).toMatchObject({ took: 40, end: { status: 'COMPLETED' } });
  });

  it('fails over its limit, and what it failed with may be handled', () => {
    const steps = [
      say('a', 1),
      { ...(goto('again', 'a', after('a')) as object), config: { step: 'a', max: 4 } } as Json,
    ];
    const failed = simulate(planOf(steps));
    expect(failed.end).toMatchObject({ status: 'FAILED', error: { code: 'goto_limit', step: 'again' } });
    expect(failed.events.filter(({ e }) => e === 'succeeded')).toHaveLength(5 + 4);
    const handled = planOf([
      steps[0] ?? null,
      { ...(steps[1] as object), on_error: { steps: [say('h', '${ error.code }')] } } as Json,
    ]);
    expect(simulate(handled).end).toMatchObject({ status: 'COMPLETED', output: { again: 'goto_limit' } });
  });

  it('on a dead path is dead itself, and when its condition says no is none [WCP5]', () => {
    const plan = planOf([
      say('a', 1),
      say('no', 1, { ...after('a'), when: 'input.yes' }),
      goto('again', 'a', after('no')),
      say('never', 1, after('again')),
      goto('other', 'a', { ...after('a'), when: 'input.yes' }),
      say('b', 1, { ...after('other', 'never'), join: 'any' }),
    ]);
    expect(simulate(plan, { input: { yes: false } }).end?.output).toEqual({ b: 1 });
    const run = simulate(plan, { input: { yes: false } });
    expect(rows(plan, run)).toContain('never/0 SKIPPED');
  });

  it('undoes the effects of all rounds, last finished first, each with what its own round had', () => {
    const plan = planOf(
      [
        count('counted'),
        doAct('pay', {
          ...after('counted'),
          compensate: { type: 'act', config: { back: '${ steps.pay.output }', of: '${ steps.counted.output.n }' } },
        }),
        goto('again', 'counted', { ...after('pay'), when: 'vars.n < 3' }),
        doAct('break', after('again')),
      ],
      { variables },
    );
    const answer = ({ path, key }: Try): Answer =>
      path === 'break'
        ? { error: { code: 'no', message: 'no', retryable: false } }
        : { output: `${path}/${key.r ?? 0}` };
    const run = simulate(plan, { answer });
    const undone = run.tried.filter(({ path }) => path.endsWith('compensate'));
    expect(undone.map(({ path, input }) => [path, input])).toEqual([
      ['pay@2.compensate', { back: 'pay/2', of: 3 }],
      ['pay@1.compensate', { back: 'pay/1', of: 2 }],
      ['pay.compensate', { back: 'pay/0', of: 1 }],
    ]);
    expect(rebuild(plan, run.events).ended.count).toBe(run.state.ended.count);
  });

  it('shows a step that is to run again as QUEUED, and one that never did as SKIPPED', () => {
    const plan = planOf(
      [
        count('counted'),
        doAct('slow', after('counted')),
        doAct('last', after('slow')),
        goto('again', 'counted', { ...after('last'), when: 'vars.n < 2' }),
      ],
      { variables },
    );
    const answer = ({ path }: Try): Answer => ({ output: 1, after: path === 'slow' ? 50 : 1 });
    const shown = rows(plan, simulate(plan, { answer, until: 60 }));
    expect(shown.filter((row) => row.startsWith('last'))).toEqual(['last/0 SUCCESS', 'last/1 QUEUED']);
    const cancelled = rows(plan, simulate(plan, { answer, then: [{ at: 60, input: 'cancel' }] }));
    expect(cancelled.filter((row) => row.startsWith('last'))).toEqual(['last/0 SUCCESS', 'last/1 SKIPPED']);
  });

  it('lets a join of all wait until none of its branches can come again [WCP38]', () => {
    const plan = planOf(
      [
        say('a', 1),
        doAct('left', after('a')),
        doAct('right', after('a')),
        count('counted', after('left')),
        goto('again', 'left', { ...after('counted'), when: 'vars.n < 3' }),
        doAct('both', after('again', 'right')),
      ],
      { variables },
    );
    expect(tried(simulate(plan))).toEqual(['left/0', 'right/0', 'left/1', 'left/2', 'both/0']);
  });

  it('leaves alone what does not depend on the step that it leads to, and runs a join of any anew [WCP9]', () => {
    const plan = planOf(
      [
        doAct('other'),
        doAct('work'),
        doAct('either', { ...after('other', 'work'), join: 'any' }),
        count('counted', after('either')),
        goto('again', 'work', { ...after('counted', 'work'), when: 'vars.n < 2' }),
      ],
      { variables },
    );
    const answer = ({ path }: Try): Answer => ({ output: 1, after: path === 'work' ? 10 : 1 });
    expect(tried(simulate(plan, { answer }))).toEqual(['other/0', 'work/0', 'either/0', 'work/1', 'either/1']);
    const died = simulate(plan, { answer, then: [{ at: 12, input: 'restart' }] });
    expect(died.tried.filter(({ path }) => path === 'either')).toHaveLength(2);
  });

  it('ignores the outcome of a try of a round that was left', () => {
    const plan = planOf(
      [
        say('a', 1),
        doAct('slow', after('a')),
        doAct('quick', after('a')),
        count('counted', after('quick')),
        goto('again', 'a', { ...after('counted'), when: 'vars.n < 2' }),
      ],
      { variables },
    );
    const answer = ({ path, key }: Try): Answer => ({
      output: `${path}/${key.r ?? 0}`,
      after: path === 'slow' ? 30 : 5,
    });
    const run = simulate(plan, { answer, deaf: true });
    expect(run.state.top.runs.get(1)?.output).toBe('slow/1');
  });
});
