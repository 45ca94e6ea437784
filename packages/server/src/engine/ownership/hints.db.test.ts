/** Two engines on one database, whose tables nobody looks at by himself: what moves, moves by hints. */
import { describe, expect, it } from 'vitest';
import { act, aStart, idOf, needs, type TestEngine, useEngines } from '../../../testing/engine.ts';
import { defaultTenantId } from '../../kernel/db/database.ts';

const engines = useEngines();
const never = 600_000;
const anEngine = (more: object = {}) => engines.anEngine({ exclusive: false, pollEveryMs: never, ...more });
const ask = { id: 'ask', type: 'wait', config: { signal: 'go' } };

/** Each has its half of the shards. */
async function pair(): Promise<readonly [TestEngine, TestEngine]> {
  const [one, other] = [await anEngine({ leaseMs: 3_000 }), await anEngine({ leaseMs: 3_000 })];
  await expect
    .poll(() => [one, other].map((engine) => engine.ownedShards()), { timeout: 15_000, interval: 20 })
    .toEqual([128, 128]);
  return [one, other];
}

describe('a hint', () => {
  it('lets the owner hear a signal and a command that another process accepted, without a look of its own', async () => {
    const [one, other] = await pair();
    const id = idOf(await one.start(aStart(await engines.publish([ask, act('work', needs('ask'))]))));
    await expect.poll(() => one.inFlight()).toBe(0);
    expect(await other.signal(defaultTenantId, id, { name: 'go', payload: 1 })).toBe('accepted');
    expect(await engines.ended(id)).toMatchObject({ status: 2 });

    const second = idOf(await one.start(aStart(await engines.publish([ask]))));
    expect(await other.command(defaultTenantId, second, 'cancel')).toBe('accepted');
    expect(await engines.ended(second)).toMatchObject({ status: 4 });
    await engines.expectSound();
  }, 30_000);

  it('lets the owner begin what a process that drives nothing has accepted, one start or many', async () => {
    await pair();
    const door = await anEngine({ drives: false });
    const workflow = await engines.publish([act('work')]);
    const single = idOf(await door.start(aStart(workflow)));
    const many = await door.startAll(Array.from({ length: 50 }, () => aStart(workflow)));
    const ids = [single, ...(many.kind === 'started' ? many.executionIds : [])];
    expect(ids.length).toBe(51);
    for (const head of await Promise.all(ids.map(engines.ended))) expect(head).toMatchObject({ status: 2 });
    await engines.expectSound();
  }, 30_000);

  it('lets the others take what a process gives back when it stops, long before their next round', async () => {
    const [one, other] = [await anEngine({ leaseMs: 3_000 }), await anEngine({ leaseMs: 3_000 })];
    await expect.poll(() => one.ownedShards(), { timeout: 15_000, interval: 20 }).toBe(128);
    await other.drain(0);
    expect(await engines.one('select count(*)::int as n from shards where owner is not null')).toBeDefined();
    await expect.poll(() => one.ownedShards(), { timeout: 900, interval: 10 }).toBe(256);
  }, 30_000);
});
