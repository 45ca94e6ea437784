import { afterEach, describe, expect, it } from 'vitest';
import { act, aStart, aWorld, idOf, nap, needs, useEngines } from '../../../testing/engine.ts';
import { defaultTenantId } from '../../kernel/db/database.ts';

const engines = useEngines();
afterEach(() => engines.expectSound());

describe('a timer', () => {
  it('of an execution that is no longer in memory fires when it is due, never before, and not much later [Q13 F50]', async () => {
    const world = aWorld();
    const engine = await engines.anEngine({ actions: world });
    const workflow = await engines.publish([nap('long', '4s'), act('work', needs('long'))]);
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

  it('goes by the clock of the database: one that jumps by an hour in the process makes it neither early nor late [F46 Q13]', async () => {
    let jumped = 0;
    const engine = await engines.anEngine({ clock: { now: () => Date.now() + jumped } });
    const workflow = await engines.publish([nap('one', 700), nap('two', 700, needs('one'))]);
    for (const jump of [3_600_000, -3_600_000]) {
      const before = await databaseTime();
      const started = engine.start(aStart(workflow), { waitMs: 8_000 });
      jumped = jump;
      const result = await started;
      const finished = result.kind === 'started' ? result.finished : null;
      const after = await databaseTime();
      expect(after - before).toBeGreaterThanOrEqual(1_400);
      expect(finished?.startedAt).toBeGreaterThanOrEqual(Math.floor(before) - 50); // never ahead, and little behind
      expect(finished?.finishedAt).toBeLessThanOrEqual(after);
      expect((finished?.finishedAt ?? 0) - (finished?.startedAt ?? 0)).toBeGreaterThanOrEqual(1_400);
      expect((finished?.finishedAt ?? 0) - (finished?.startedAt ?? 0)).toBeLessThan(4_000);
    }
  });

  it('of engines whose clocks differ by ten minutes fires as if they agreed [F47 Q13]', async () => {
    const skewed = (ms: number) => engines.anEngine({ exclusive: false, clock: { now: () => Date.now() + ms } });
    const [first, second] = [await skewed(300_000), await skewed(-300_000)];
    await expect.poll(() => second.ownedShards(), { timeout: 40_000, interval: 50 }).toBe(128);
    const workflow = await engines.publish([nap('long', 2_500)]);
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? first : second).start(aStart(workflow))),
    );
    for (const head of await Promise.all(results.map((result) => engines.ended(idOf(result))))) {
      const ms = (head['finished_at'] as Date).getTime() - (head['started_at'] as Date).getTime();
      expect(ms).toBeGreaterThanOrEqual(2_500);
      expect(ms).toBeLessThan(4_000);
    }
  }, 60_000);

  it('does not go before a signal that was accepted before it was due, and goes before one that came later', async () => {
    const steps = [{ id: 'ask', type: 'wait', config: { signal: 'go', timeout: '2500ms' } }];
    const workflow = await engines.publish(steps);
    const gone = await engines.anEngine();
    const [early, late] = [idOf(await gone.start(aStart(workflow))), idOf(await gone.start(aStart(workflow)))];
    await expect.poll(() => gone.inFlight()).toBe(0);
    await gone.drain(0);
    const door = await engines.anEngine({ drives: false });
    const send = (id: string) => door.signal(defaultTenantId, id, { name: 'go', payload: 1 });
    expect(await send(early)).toBe('accepted');
    await expect
      .poll(() => engines.one('select bool_and(due < now()) as over from execution_timers'), { timeout: 5_000 })
      .toEqual({ over: true });
    expect(await send(late)).toBe('accepted');
    await engines.anEngine();
    await Promise.all([early, late].map(engines.ended));
    const outcomes = async (id: string) => (await engines.eventsOf(id)).flatMap(({ e, s }) => (s === 'ask' ? e : []));
    expect(await outcomes(early)).toContain('succeeded');
    expect(await outcomes(late)).toContain('failed');
  });

  it('that is due during a pause leaves the execution a row, and fires when the pause is over', async () => {
    const engine = await engines.anEngine();
    const workflow = await engines.publish([nap('long', 2_300)]);
    const id = idOf(await engine.start(aStart(workflow)));
    await expect.poll(() => engine.inFlight()).toBe(0);
    expect(await engine.command(defaultTenantId, id, 'pause')).toBe('accepted');
    await expect
      .poll(() => engines.one('select bool_and(due < now()) as over from execution_timers'), { timeout: 5_000 })
      .toEqual({ over: true });
    await expect.poll(() => engine.inFlight()).toBe(0);
    expect(await engine.command(defaultTenantId, id, 'resume')).toBe('accepted');
    expect(await engines.ended(id)).toMatchObject({ status: 2 });
  });
});

async function databaseTime(): Promise<number> {
  const { at } = await engines.one('select (extract(epoch from clock_timestamp()) * 1000)::float8 as at');
  return at as number;
}
