import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { act, aStart, aWorld, idOf, nap, needs, useEngines } from '../../../testing/engine.ts';
import type { StartResult } from '../engine.ts';

const engines = useEngines();
afterEach(() => engines.expectSound());

const steps = [act('one'), nap('pause', 30, needs('one')), act('two', needs('pause')), act('three', needs('two'))];

describe('a drain', () => {
  it('under load loses nothing: what was answered goes on elsewhere, what was refused is not there [F11]', async () => {
    const world = aWorld();
    for (const step of ['one', 'two', 'three'])
      world.on(step, ({ executionId }) =>
        pause(Number.parseInt(executionId.slice(-2), 16) / 4, { output: { ok: true } }),
      );
    const leaving = await engines.anEngine({ actions: world });
    const workflow = await engines.publish(steps);
    const answers: Promise<StartResult>[] = [];
    for (let n = 0; n < 200; n += 1) answers.push(leaving.start(aStart(workflow)));
    await expect.poll(() => world.callsOf('two').length).toBeGreaterThan(20);
    for (let n = 0; n < 100; n += 1) answers.push(leaving.start(aStart(workflow)));
    const drained = leaving.drain(30);
    expect(leaving.ready()).toBe(false);
    for (let n = 0; n < 20; n += 1) answers.push(leaving.start(aStart(workflow)));
    const settled = await Promise.allSettled(answers);
    await drained;
    expect(await engines.one('select count(*)::int as n from shards where owner is not null')).toEqual({ n: 0 });
    const ids = settled.flatMap((answer) => (answer.status === 'fulfilled' ? idOf(answer.value) : []));
    expect(ids.length).toBe(300);
    for (const answer of settled)
      if (answer.status === 'rejected')
        expect(answer.reason).toMatchObject({ code: 'unavailable', headers: { 'retry-after': '1' } });
    const live = await engines.one('select count(*)::int as n from workflow_executions where finished_at is null');
    expect(live['n']).toBeGreaterThan(50);

    const calls = world.calls.length;
    await engines.anEngine({ actions: world });
    for (const head of await Promise.all(ids.map(engines.ended))) expect(head).toMatchObject({ status: 2 });
    expect(world.calls.length).toBeGreaterThan(calls);
    expect(await engines.one('select count(*)::int as n from workflow_executions')).toEqual({ n: 300 });
    const keys = Map.groupBy(world.calls, ({ executionId, key }) => `${executionId}/${key.s}`);
    for (const group of keys.values()) expect(new Set(group.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });

  it('waits for running attempts, whose outcomes are written, and begins nothing new', async () => {
    const world = aWorld();
    const held = world.hold('one');
    const engine = await engines.anEngine({ actions: world });
    const id = idOf(await engine.start(aStart(await engines.publish([act('one'), act('two', needs('one'))]))));
    await held.reached(1);
    const drained = engine.drain(10_000);
    held.release();
    await drained;
    expect(world.callsOf('two')).toEqual([]);
    expect((await engines.eventsOf(id)).map(({ e, s }) => [e, s])).toContainEqual(['succeeded', 'one']);
    await engines.anEngine({ actions: world });
    expect(await engines.ended(id)).toMatchObject({ status: 2 });
    expect(world.callsOf('one').length).toBe(1);
  });
});
