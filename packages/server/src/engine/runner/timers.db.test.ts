import { afterEach, describe, expect, it } from 'vitest';
import { act, aStart, aWorld, idOf, nap, needs, useEngines } from '../../../testing/engine.ts';

const engines = useEngines();
afterEach(() => engines.expectSound());

describe('a timer', () => {
  it('of an execution that is no longer in memory fires when it is due, never before, and not much later [Q13 F50]', async () => {
    const world = aWorld();
    const engine = await engines.anEngine({ actions: world });
    const workflow = await engines.publish([nap('long', '2500ms'), act('work', needs('long'))]);
    const ids = (await Promise.all(Array.from({ length: 100 }, () => engine.start(aStart(workflow))))).map(idOf);
    await expect.poll(() => engine.inFlight()).toBe(0);
    expect(world.calls).toEqual([]);
    const lateness: number[] = [];
    for (const head of await Promise.all(ids.map(engines.ended))) {
      const events = await engines.eventsOf(head['id'] as string);
      const until = events.find(({ e, s }) => e === 'begun' && s === 'long')?.['until'] as number;
      const over = events.find(({ e, s }) => e === 'succeeded' && s === 'long')?.['at'] as number;
      lateness.push(over - until);
    }
    expect(Math.min(...lateness)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...lateness)).toBeLessThan(1_000);
    expect(world.calls.length).toBe(100);
    expect(await engines.one('select count(*)::int as n from execution_timers')).toEqual({ n: 0 });
  });

  it('of a retry fires when the wait is over, and the tries are counted [F86 Q13]', async () => {
    const world = aWorld();
    const busy = { error: { code: 'busy', message: 'Later.', retryable: true, retryAfterMs: 150 } };
    world.on('try', ({ attempt }) => Promise.resolve(attempt < 3 ? busy : { output: attempt }));
    const engine = await engines.anEngine({ actions: world });
    const retry = { max_attempts: 5, initial: 20, backoff: 'fixed' };
    const start = aStart(await engines.publish([act('try', { retry })]));
    expect(await engine.start(start, { waitMs: 5_000 })).toMatchObject({ finished: { outputText: '{"try":3}' } });
    expect(world.calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(new Set(world.calls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });

  it('of an execution and of its step do not hinder one another: the timeout wins when it is first', async () => {
    const engine = await engines.anEngine();
    const start = aStart(await engines.publish([nap('long', '1h')], { timeout: '150ms' }));
    const result = await engine.start(start, { waitMs: 5_000 });
    expect(result).toMatchObject({ finished: { status: 'FAILED' } });
    expect(await engines.one('select count(*)::int as n from execution_timers')).toEqual({ n: 0 });
  });
});
