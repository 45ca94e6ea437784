/** Shards change hands while tries are under way. */
import { afterEach, describe, expect, it } from 'vitest';
import { act, aStart, aWorld, idOf, needs, untilAborted, useEngines, type World } from '../../../testing/engine.ts';

const engines = useEngines();
afterEach(() => engines.expectSound());

const shared = { exclusive: false, leaseMs: 900 };
const steps = [act('long'), act('next', needs('long'))];

/** Executions of which a process runs the first step, and that process. */
async function underWay(count: number, more: object = {}, world: World = aWorld()) {
  const held = world.hold('long');
  const engine = await engines.anEngine({ ...shared, actions: world });
  const workflow = await engines.publish([act('long', more), act('next', needs('long'))]);
  const ids = (await Promise.all(Array.from({ length: count }, () => engine.start(aStart(workflow))))).map(idOf);
  await held.reached(count);
  return { engine, world, held, ids };
}

const ownersOf = async () =>
  (await engines.rows('select count(*)::int as n from shards where owner is not null group by owner')).map(
    ({ n }) => n,
  );

describe('a try that runs while its shard moves', () => {
  it.each(['at_least_once', 'at_most_once'])(
    'goes on in the process that began it, and is not repeated, when another process joins: %s',
    async (delivery) => {
      const { world, held, ids } = await underWay(40, { delivery });
      const other = await engines.anEngine({ ...shared, actions: world });
      await expect.poll(ownersOf).toEqual([128, 128]);
      await expect.poll(() => other.inFlight()).toBeGreaterThan(5);
      expect(other.runningAttempts()).toBe(0);
      held.release();
      for (const id of ids) expect(await engines.ended(id)).toMatchObject({ status: 2 });
      expect(world.callsOf('long').length).toBe(40);
      expect(world.callsOf('next').length).toBe(40);
    },
  );

  it('goes on when its process is told to stop: others drive the execution meanwhile, and get its outcome [F11]', async () => {
    const { engine, world, held, ids } = await underWay(10);
    const other = await engines.anEngine({ ...shared, actions: world });
    const drained = engine.drain(20_000);
    await expect.poll(ownersOf).toEqual([256]);
    await expect.poll(() => other.inFlight()).toBe(10);
    held.release();
    await drained;
    for (const id of ids) expect(await engines.ended(id)).toMatchObject({ status: 2 });
    expect(world.callsOf('long').length).toBe(10);
    expect(other.runningAttempts()).toBe(0);
  });

  it('is given back when its process may wait no longer, and handed out again under the same key', async () => {
    const world = aWorld();
    const { engine, ids } = await underWay(1, {}, world);
    world.on('long', untilAborted);
    const other = await engines.anEngine({ ...shared, actions: aWorld() });
    await engine.drain(600);
    expect(await engines.ended(ids[0]!)).toMatchObject({ status: 2 });
    expect(other.runningAttempts()).toBe(0);
    expect(await engines.one('select count(*)::int as n from attempt_owners where not ended')).toEqual({ n: 0 });
  });

  it('is stopped where it runs when its execution is cancelled', async () => {
    const world = aWorld();
    const first = await engines.anEngine({ ...shared, actions: world });
    const workflow = await engines.publish(steps);
    world.on('long', untilAborted);
    const id = idOf(await first.start(aStart(workflow)));
    await expect.poll(() => world.callsOf('long').length).toBe(1);
    const other = await engines.anEngine({ ...shared, actions: aWorld() });
    const drained = first.drain(20_000);
    await expect.poll(() => other.inFlight()).toBe(1);
    await other.command('00000000-0000-7000-8000-000000000001', id, 'cancel');
    expect(await engines.ended(id)).toMatchObject({ status: 4 });
    await drained;
  });
});

describe('a try whose process is gone', () => {
  it('is handed out again under the same key, once its heartbeat is old', async () => {
    const { engine, world, held, ids } = await underWay(1);
    const [id = ''] = ids;
    const drained = engine.drain(20_000);
    await expect.poll(() => engines.rows('select from attempt_owners where not ended')).toHaveLength(1);
    // The process that runs it dies: what it shows of itself grows old.
    await engines.rows(`update attempt_owners set process = gen_random_uuid() where not ended`);
    const again = aWorld();
    await engines.anEngine({ ...shared, actions: again });
    expect(await engines.ended(id)).toMatchObject({ status: 2 });
    expect(again.callsOf('long').map(({ idempotencyKey }) => idempotencyKey)).toEqual(
      world.callsOf('long').map(({ idempotencyKey }) => idempotencyKey),
    );
    held.release();
    await drained;
    expect(await engines.one(`select count(*)::int as n from execution_inbox`)).toEqual({ n: 0 });
  });

  it('has an unknown outcome where it may run at most once', async () => {
    const { engine, held, ids } = await underWay(1, { delivery: 'at_most_once' });
    const drained = engine.drain(20_000);
    await expect.poll(() => engines.rows('select from attempt_owners where not ended')).toHaveLength(1);
    await engines.rows(`update attempt_owners set process = gen_random_uuid() where not ended`);
    await engines.anEngine({ ...shared });
    expect((await engines.ended(ids[0] ?? ''))['error']).toContain('outcome_unknown');
    held.release();
    await drained;
  });
});
