import { afterEach, describe, expect, it } from 'vitest';
import { act, aStart, aWorld, idOf, needs, useEngines } from '../../../testing/engine.ts';
import type { StartResult } from '../engine.ts';

const engines = useEngines();
afterEach(() => engines.expectSound());

const says = (id: string, output: unknown, more: object = {}) => ({
  id,
  type: 'transform',
  config: { output },
  ...more,
});
const hash = Buffer.alloc(32, 1);
const finished = { kind: 'started', finished: { status: 'COMPLETED' } };

describe('a start', () => {
  it('of pure steps that is waited for is one flush and one journal row, answered when it is committed [E1]', async () => {
    const engine = await engines.anEngine();
    const workflow = await engines.publish([says('one', 1), says('two', 2, needs('one'))]);
    const before = await engines.one('select count(*)::int as flushes from engine_commits');
    const result = await engine.start(aStart(workflow), { waitMs: 5_000 });
    expect(result).toMatchObject({ ...finished, finished: { outputText: '{"two":2}' } });
    expect(await engines.one('select count(*)::int - 1 as flushes from engine_commits')).toEqual(before);
    const id = idOf(result);
    expect(await engines.one(`select max(seq) as seq from execution_events where execution_id = '${id}'`)).toEqual({
      seq: 1,
    });
  });

  it('without a wait is answered when it is durable, before anything of it has left the process', async () => {
    const world = aWorld();
    const held = world.hold('work');
    const engine = await engines.anEngine({ actions: world });
    const result = await engine.start(aStart(await engines.publish([act('work')])));
    expect(result).toMatchObject({ kind: 'started', status: 'RUNNING', finished: null });
    expect((await engines.eventsOf(idOf(result))).map(({ e }) => e)).toEqual(['started', 'begun']);
    await held.reached(1);
    held.release();
    expect(await engines.ended(idOf(result))).toMatchObject({ status: 2 });
  });

  it('is waited for no longer than asked, and no longer than the caller stays', async () => {
    const world = aWorld();
    world.hold('work');
    const engine = await engines.anEngine({ actions: world });
    const workflow = await engines.publish([act('work')]);
    expect(await engine.start(aStart(workflow), { waitMs: 30 })).toMatchObject({ finished: null });
    const caller = new AbortController();
    const waiting = engine.start(aStart(workflow), { waitMs: 60_000, signal: caller.signal });
    await expect.poll(() => world.callsOf('work').length).toBe(2);
    caller.abort();
    expect(await waiting).toMatchObject({ finished: null, status: 'RUNNING' });
  });

  it('that is asked a hundred times at once under one key is one execution [F75 Q2]', async () => {
    const world = aWorld();
    const engine = await engines.anEngine({ actions: world });
    const workflow = await engines.publish([act('work')]);
    const request = aStart(workflow, { idempotency: { key: 'hundred', hash } });
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, n) => engine.start(request, n % 2 === 0 ? {} : { waitMs: 5_000 })),
    );
    expect(new Set(results.map(idOf)).size).toBe(1);
    expect(results.filter(({ kind }) => kind === 'started').length).toBe(1);
    expect(results.filter(({ kind }) => kind === 'replayed').length).toBe(99);
    const waited = results.filter((_, n) => n % 2 === 1) as Extract<StartResult, { finished: unknown }>[];
    expect(new Set(waited.map((result) => result.finished?.status))).toEqual(new Set(['COMPLETED']));
    expect(world.calls.filter(({ executionId }) => executionId === results[0]?.executionId).length).toBe(1);
    const other = await engine.start({ ...request, idempotency: { key: 'hundred', hash: Buffer.alloc(32, 2) } });
    expect(other).toEqual({ kind: 'key_reused', executionId: results[0]?.executionId });
  });

  it('beyond the most in flight is refused with when to come again, and stores nothing [F15]', async () => {
    const world = aWorld();
    const held = world.hold('work');
    const engine = await engines.anEngine({ actions: world, maxInFlight: 3 });
    const workflow = await engines.publish([act('work')]);
    const taken = await Promise.all([1, 2, 3].map(() => engine.start(aStart(workflow))));
    const refused = engine.start(aStart(workflow));
    await expect(refused).rejects.toMatchObject({ code: 'overloaded', headers: { 'retry-after': '1' } });
    const stored = `select count(*)::int as n from workflow_executions where workflow_id = '${workflow.workflowId}'`;
    expect(await engines.one(stored)).toEqual({ n: 3 });
    held.release();
    for (const start of taken) await engines.ended(idOf(start));
    expect(await engine.start(aStart(workflow), { waitMs: 5_000 })).toMatchObject(finished);
  });

  it('that the database does not take in time is answered as not confirmed, and its key finds it later [F06]', async () => {
    const engine = await engines.anEngine({ confirmWithinMs: 200 });
    const request = aStart(await engines.publish([act('work')]), { idempotency: { key: 'in doubt', hash } });
    await engines.rows('begin; lock table execution_events in access exclusive mode');
    try {
      const unconfirmed = engine.start(request, { waitMs: 5_000 });
      await expect(unconfirmed).rejects.toMatchObject({ code: 'unavailable', headers: { 'retry-after': '1' } });
    } finally {
      await engines.rows('rollback');
    }
    const again = () => engine.start(request, { waitMs: 5_000 });
    await expect.poll(again).toMatchObject({ kind: 'replayed', finished: { status: 'COMPLETED' } });
    const stored = `select count(*)::int as n from workflow_executions where workflow_id = '${request.workflowId}'`;
    expect(await engines.one(stored)).toEqual({ n: 1 });
  });

  it('in a process that drives nothing is begun by one that does, and its end is told here', async () => {
    const gateway = await engines.anEngine({ drives: false });
    const workflow = await engines.publish([act('work')]);
    const lonely = await gateway.start(aStart(workflow));
    expect(lonely).toMatchObject({ kind: 'started', status: 'PENDING' });
    expect(await engines.eventsOf(idOf(lonely))).toEqual([]);

    const world = aWorld();
    await engines.anEngine({ actions: world });
    expect(await engines.ended(idOf(lonely))).toMatchObject({ status: 2 });
    const request = aStart(workflow, { idempotency: { key: 'from afar', hash } });
    const result = await gateway.start(request, { waitMs: 5_000 });
    expect(result).toMatchObject(finished);
    expect(await gateway.start(request, { waitMs: 5_000 })).toMatchObject({ ...finished, kind: 'replayed' });
    expect(world.calls.length).toBe(2);
  });
});
