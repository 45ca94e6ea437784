import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { act, aStart, aWorld, idOf, nap, needs, untilAborted, useEngines } from '../../../testing/engine.ts';
import { defaultTenantId } from '../../kernel/db/database.ts';

const engines = useEngines();
afterEach(() => engines.expectSound());

const inbox = () => engines.one('select count(*)::int as n from execution_inbox');
const timers = () => engines.one('select count(*)::int as n from execution_timers');

describe('a cancel', () => {
  it('stops what runs, and nothing starts after it', async () => {
    const world = aWorld();
    const aborted = Promise.withResolvers<void>();
    world.on('slow', (request, signal) => {
      signal.addEventListener('abort', () => aborted.resolve());
      return untilAborted(request, signal);
    });
    const engine = await engines.anEngine({ actions: world });
    const id = idOf(await engine.start(aStart(await engines.publish([act('slow'), act('next', needs('slow'))]))));
    await expect.poll(() => world.calls.length).toBe(1);
    expect(await engine.command(randomUUID(), id, 'cancel')).toBe('not_found');
    expect(await engine.command(defaultTenantId, id, 'cancel', { reason: 'enough' })).toBe('accepted');
    await aborted.promise;
    const { status, error } = await engines.ended(id);
    expect([status, JSON.parse(error as string)]).toEqual([
      4,
      expect.objectContaining({ code: 'cancelled', message: expect.stringContaining('enough') }),
    ]);
    expect(world.callsOf('next')).toEqual([]);
    expect(await engine.command(defaultTenantId, id, 'cancel')).toBe('ended');
    await expect.poll(inbox).toEqual({ n: 0 });
  });

  it('of what is undoing its steps already is refused, and changes nothing', async () => {
    const world = aWorld();
    const undoing = world.hold('undo');
    const engine = await engines.anEngine({ actions: world });
    const id = idOf(
      await engine.start(aStart(await engines.publish([nap('long', '1h')], { on_cancel: [act('undo')] }))),
    );
    expect(await engine.command(defaultTenantId, id, 'cancel', { reason: 'first' })).toBe('accepted');
    await undoing.reached(1);
    expect(await engine.command(defaultTenantId, id, 'cancel', { reason: 'second' })).toBe('ending');
    undoing.release();
    const { error } = await engines.ended(id);
    expect(JSON.parse(error as string)).toMatchObject({ message: expect.stringContaining('first') });
  });

  it('reaches an execution that waits and is not in memory', async () => {
    const engine = await engines.anEngine();
    const id = idOf(await engine.start(aStart(await engines.publish([nap('long', '1h')]))));
    await expect.poll(() => engine.inFlight()).toBe(0);
    expect(await timers()).toEqual({ n: 1 });
    expect(await engine.command(defaultTenantId, id, 'cancel')).toBe('accepted');
    expect(await engines.ended(id)).toMatchObject({ status: 4, wait_reason: null });
    expect([await timers(), await inbox()]).toEqual([{ n: 0 }, { n: 0 }]);
    expect(engine.inFlight()).toBe(0);
  });

  it('that is said again and again while nobody hears it is one row; what was said since makes it news again', async () => {
    const acceptor = await engines.anEngine({ drives: false });
    const id = idOf(await acceptor.start(aStart(await engines.publish([nap('long', '1h')]))));
    const say = (kind: 'cancel' | 'pause' | 'resume') => acceptor.command(defaultTenantId, id, kind);
    for (let n = 0; n < 5; n += 1) expect(await say('pause')).toBe('accepted');
    expect(await inbox()).toEqual({ n: 1 });
    for (const kind of ['resume', 'pause', 'pause', 'cancel', 'cancel'] as const) await say(kind);
    expect(await inbox()).toEqual({ n: 4 });
    await engines.anEngine();
    expect(await engines.ended(id)).toMatchObject({ status: 4 });
    expect(await inbox()).toEqual({ n: 0 });
  });

  it('that races with the end leaves one end and no command behind [F78 Q7]', async () => {
    const world = aWorld();
    const held = world.hold('work');
    const engine = await engines.anEngine({ actions: world });
    const workflow = await engines.publish([act('work')]);
    const ids = (await Promise.all(Array.from({ length: 100 }, () => engine.start(aStart(workflow))))).map(idOf);
    await held.reached(100);
    const cancelled = ids.map((id) => engine.command(defaultTenantId, id, 'cancel'));
    held.release();
    const answers = await Promise.all(cancelled);
    const statuses = (await Promise.all(ids.map(engines.ended))).map(({ status }) => status);
    expect(new Set(answers).has('not_found')).toBe(false);
    for (const [n, status] of statuses.entries()) if (answers[n] === 'ended') expect(status).toBe(2);
    expect(statuses.every((status) => status === 2 || status === 4)).toBe(true);
    await expect.poll(inbox, { timeout: 5_000 }).toEqual({ n: 0 });
    expect(engine.inFlight()).toBe(0);
  });

  it('that races with a timer: the wait is over, or withdrawn, never both [F51]', async () => {
    const engine = await engines.anEngine();
    const workflow = await engines.publish([nap('short', 150)]);
    const ids = (await Promise.all(Array.from({ length: 60 }, () => engine.start(aStart(workflow))))).map(idOf);
    const due = await engines.one('select max(due) as due from execution_timers');
    await expect.poll(() => Date.now(), { interval: 1 }).toBeGreaterThanOrEqual((due['due'] as Date).getTime() - 5);
    await Promise.all(ids.map((id) => engine.command(defaultTenantId, id, 'cancel')));
    for (const head of await Promise.all(ids.map(engines.ended))) {
      const events = (await engines.eventsOf(head['id'] as string)).map(({ e }) => e);
      const outcomes = events.filter((e) => e === 'succeeded' || e === 'skipped' || e === 'failed');
      expect([head['status'], outcomes.length]).toEqual([events.includes('cancel_requested') ? 4 : 2, 1]);
    }
    await expect.poll(inbox).toEqual({ n: 0 });
  });
});
