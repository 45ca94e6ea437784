/** An engine that is gone without a word, and the one that goes on where it stood. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  act,
  aStart,
  aWorld,
  idOf,
  nap,
  needs,
  untilAborted,
  useEngines,
  type World,
} from '../../../testing/engine.ts';

const engines = useEngines();
afterEach(() => engines.expectSound());

/** Owns what it can get until another takes it by force; it notices by the fence alone, its lease is renewed far too late. */
const mortal = { exclusive: false, leaseMs: 60_000 };

async function begun(id: string, step: string): Promise<void> {
  const steps = async () => (await engines.eventsOf(id)).filter(({ e }) => e === 'begun').map(({ s }) => s);
  await expect.poll(steps).toContain(step);
}

const keysOf = (world: World, step: string) => world.callsOf(step).map(({ idempotencyKey }) => idempotencyKey);

describe('what an engine leaves behind when it is gone', () => {
  it('open attempts are handed out again under the same key, what is recorded is not run again [E16 F01 Q4 Q5]', async () => {
    const [before, after] = [aWorld(), aWorld()];
    before.on('slow', untilAborted);
    const gone = await engines.anEngine({ ...mortal, actions: before });
    const workflow = await engines.publish([act('first'), act('slow', needs('first')), act('last', needs('slow'))]);
    const ids = (await Promise.all([1, 2, 3].map(() => gone.start(aStart(workflow))))).map(idOf);
    for (const id of ids) await begun(id, 'slow');
    await engines.anEngine({ actions: after });
    for (const id of ids) expect(await engines.ended(id)).toMatchObject({ status: 2 });
    expect(after.callsOf('first')).toEqual([]);
    expect(keysOf(after, 'slow').sort()).toEqual(keysOf(before, 'slow').sort());
    expect(new Set(keysOf(after, 'slow')).size).toBe(3);
    expect(after.callsOf('last').length).toBe(3);
  });

  it('an attempt that may run at most once ends outcome_unknown and is not made again [F89]', async () => {
    const [before, after] = [aWorld(), aWorld()];
    before.on('once', untilAborted);
    const gone = await engines.anEngine({ ...mortal, actions: before });
    const id = idOf(await gone.start(aStart(await engines.publish([act('once', { delivery: 'at_most_once' })]))));
    await expect.poll(() => before.callsOf('once').length).toBe(1);
    expect((await engines.eventsOf(id)).map(({ e }) => e)).toEqual(['started', 'begun']);
    await engines.anEngine({ actions: after });
    const { status, error } = await engines.ended(id);
    expect([status, JSON.parse(error as string)]).toEqual([
      3,
      expect.objectContaining({ code: 'outcome_unknown', step: 'once' }),
    ]);
    expect(after.calls).toEqual([]);
  });

  it('what only waits is not rebuilt, and goes on when it is due [E12 Q13]', async () => {
    const gone = await engines.anEngine(mortal);
    const long = await engines.publish([nap('long', '1h')]);
    const short = await engines.publish([nap('short', 2_500), act('work', needs('short'))]);
    const waiting = await Promise.all(Array.from({ length: 20 }, () => gone.start(aStart(long))));
    const soon = idOf(await gone.start(aStart(short)));
    const world = aWorld();
    const engine = await engines.anEngine({ actions: world });
    expect(engine.inFlight()).toBe(0);
    expect(await engines.ended(soon)).toMatchObject({ status: 2 });
    expect(world.calls.length).toBe(1);
    expect(engine.inFlight()).toBe(0);
    const live = `select count(*)::int as n from workflow_executions where finished_at is null and wait_reason = 3`;
    expect(await engines.one(live)).toEqual({ n: waiting.length });
    await engines.rows('delete from execution_timers; delete from workflow_executions where finished_at is null');
    await engines.rows(`delete from execution_events v where not exists (
      select 1 from workflow_executions e where e.id = v.execution_id)`);
  });

  it('an outcome that its old owner hears too late is not written: the fence knows better [F09 Q6]', async () => {
    const [before, after] = [aWorld(), aWorld()];
    const late = Promise.withResolvers<void>();
    before.on('slow', () => late.promise.then(() => ({ output: 'the old owner' })));
    const held = after.hold('slow');
    const gone = await engines.anEngine({ ...mortal, actions: before });
    const workflow = await engines.publish([act('slow'), act('last', needs('slow'))]);
    const ids = (await Promise.all([1, 2, 3].map(() => gone.start(aStart(workflow))))).map(idOf);
    for (const id of ids) await begun(id, 'slow');
    await engines.anEngine({ actions: after });
    await held.reached(3);
    late.resolve();
    // It finds out by its own flush, and lets go of all three.
    await expect.poll(() => gone.inFlight()).toBe(0);
    expect(before.callsOf('last')).toEqual([]);
    held.release();
    for (const id of ids) expect(await engines.ended(id)).toMatchObject({ status: 2 });
    for (const id of ids) {
      const outcomes = (await engines.eventsOf(id)).filter(({ e, s }) => e === 'succeeded' && s === 'slow');
      expect(outcomes.map(({ o }) => o)).toEqual([{ ok: true }]);
    }
  });

  it('a command to an execution that nobody drives is heard by its next owner', async () => {
    const gone = await engines.anEngine(mortal);
    const workflow = await engines.publish([nap('long', '1h')]);
    const id = idOf(await gone.start(aStart(workflow)));
    await gone.drain(0);
    const gateway = await engines.anEngine({ drives: false });
    const { tenant_id: tenantId } = await engines.one(`select tenant_id from workflow_executions where id = '${id}'`);
    expect(await gateway.command(tenantId as string, id, 'cancel', { reason: 'no more' })).toBe('accepted');
    await engines.anEngine();
    const { status, error } = await engines.ended(id);
    expect([status, JSON.parse(error as string)]).toEqual([4, expect.objectContaining({ code: 'cancelled' })]);
  });

  it('what cannot be read at first is read again, until it goes on', async () => {
    const [before, after] = [aWorld(), aWorld()];
    before.on('slow', untilAborted);
    const gone = await engines.anEngine({ ...mortal, actions: before });
    const workflow = await engines.publish([act('slow')]);
    const id = idOf(await gone.start(aStart(workflow)));
    await begun(id, 'slow');
    let asked = 0;
    const planOf = () => {
      asked += 1;
      return asked < 3 ? Promise.reject(new Error('the database is away')) : Promise.resolve(workflow.plan);
    };
    await engines.anEngine({ actions: after, planOf });
    expect(await engines.ended(id)).toMatchObject({ status: 2 });
    expect([asked, after.calls.length]).toEqual([3, 1]);
  });

  it('a retry keeps the count of its tries across owners [F86]', async () => {
    const refusing = aWorld();
    const busy = { error: { code: 'busy', message: 'Later.', retryable: true } };
    refusing.on('try', () => Promise.resolve(busy));
    const gone = await engines.anEngine({ ...mortal, actions: refusing });
    const retry = { max_attempts: 4, initial: 400, backoff: 'fixed' };
    const id = idOf(await gone.start(aStart(await engines.publish([act('try', { retry })]))));
    await expect.poll(() => refusing.calls.length).toBe(2);
    const second = aWorld();
    second.on('try', () => Promise.resolve(busy));
    await engines.anEngine({ actions: second });
    expect(await engines.ended(id)).toMatchObject({ status: 3 });
    const tries = new Set([...refusing.calls, ...second.calls].map(({ attempt }) => attempt));
    expect([...tries].sort()).toEqual([1, 2, 3, 4]);
    expect(new Set([...keysOf(refusing, 'try'), ...keysOf(second, 'try')]).size).toBe(1);
  });
});
