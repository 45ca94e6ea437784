import { describe, expect, it } from 'vitest';
import { after, doAct, planOf, say } from '../../testing/plan.ts';
import { simulate } from '../../testing/simulate.ts';
import type { Json } from '../json.ts';

const loop = (id: string, times: number, steps: readonly Json[]): Json => ({
  id,
  type: 'loop',
  config: { times, max_iterations: 100_000, steps },
});

describe('a state that forgets', () => {
  it('is no larger after ten thousand rounds than after ten', () => {
    const nested = (times: number) => planOf([loop('outer', times, [loop('inner', times, [say('a', 1)])])]);
    const [few, many] = [10, 100].map((times) => simulate(nested(times), { forgets: true }).state);
    expect(many?.ended.count).toBe(100 * 100 + 100 + 1);
    expect(many?.scopes.size).toBe(few?.scopes.size);
    expect(many?.scopes.size).toBeLessThan(10);
  });

  it('keeps the round before, for `loop.previous`', () => {
    const plan = planOf([loop('count', 50, [say('add', '${ loop.previous == null ? 1 : loop.previous + 1 }')])], {
      output: '${steps.count.output}',
    });
    expect(simulate(plan, { forgets: true }).end).toMatchObject({ status: 'COMPLETED', output: 50 });
  });

  it('keeps all rounds in which something may have to be undone, at any depth', () => {
    const undo = { compensate: { type: 'act', config: {} } };
    const steps = [loop('all', 5, [{ id: 'box', type: 'block', config: { steps: [doAct('do', undo)] } }])];
    const plan = planOf([...steps, { id: 'stop', type: 'terminate', config: { status: 'FAILED' }, ...after('all') }]);
    const run = simulate(plan, { forgets: true });
    const undone = run.tried.filter(({ path }) => path.endsWith('compensate')).map(({ path }) => path);
    expect(undone).toEqual([4, 3, 2, 1, 0].map((round) => `all.${round}.box.body.do.compensate`));
  });
});
