import { describe, expect, it, vi } from 'vitest';
import { act, aStart, aWorld, idOf, nap, needs, useEngines } from '../../../testing/engine.ts';
import { defaultTenantId as tenantId } from '../../kernel/db/database.ts';

const engines = useEngines();
const why = { by: 'ann', reason: 'the supplier is down' };
const head = (id: string) => engines.one(`select status, wait_reason from workflow_executions where id = '${id}'`);
const until = (id: string, wanted: { status: number; wait_reason: number | null }) =>
  vi.waitFor(async () => expect(await head(id)).toEqual(wanted), { interval: 10, timeout: 10_000 });
const [pending, held, running, delayed, paused] = [0, 5, 1, 3, 9];

describe('a paused workflow', () => {
  it('begins nothing more: what runs ends, what waits is told, what is started stays; and all of it goes on', async () => {
    const actions = aWorld();
    const engine = await engines.anEngine({ actions });
    const workflow = await engines.publish([act('one'), act('two', needs('one'))]);
    const waiting = await engines.publish([nap('nap', '1h')]);
    const hold = actions.hold('one');
    const busy = idOf(await engine.start(aStart(workflow)));
    const asleep = idOf(await engine.start(aStart(waiting)));
    const other = idOf(await engine.start(aStart(await engines.publish([nap('nap', '1h')]))));
    await hold.reached(1);
    await until(asleep, { status: running, wait_reason: delayed });

    const these = [workflow, waiting].map(({ workflowId }) => ({ tenantId, workflowId }));
    await engine.setPaused(true, these, why);
    await engine.setPaused(true, these, why);
    await until(asleep, { status: running, wait_reason: paused });
    hold.release();
    await until(busy, { status: running, wait_reason: paused });
    const started = idOf(await engine.start(aStart(workflow)));
    await until(started, { status: held, wait_reason: paused });
    expect(actions.callsOf('two')).toEqual([]);
    expect(await head(other)).toEqual({ status: running, wait_reason: delayed });
    expect(await engines.eventsOf(started)).toMatchObject([{ e: 'paused', sc: 'workflow', ...why }]);

    await engine.setPaused(false, these, why);
    for (const id of [busy, started]) expect(await engines.ended(id)).toMatchObject({ status: 2 });
    await until(asleep, { status: running, wait_reason: delayed });
    expect(actions.callsOf('two')).toHaveLength(2);
    await engines.expectSound();
  });

  it('leaves an execution paused that was paused by itself', async () => {
    const engine = await engines.anEngine();
    const workflow = await engines.publish([nap('nap', 2_500)]);
    const id = idOf(await engine.start(aStart(workflow)));
    await engine.command(tenantId, id, 'pause', { by: 'bob' });
    await until(id, { status: running, wait_reason: paused });
    const these = [{ tenantId, workflowId: workflow.workflowId }];
    await engine.setPaused(true, these, why);
    await vi.waitFor(async () =>
      expect((await engines.eventsOf(id)).filter(({ e }) => e === 'paused')).toHaveLength(2),
    );
    await engine.setPaused(false, these, why);
    await vi.waitFor(async () =>
      expect((await engines.eventsOf(id)).at(-1)).toMatchObject({ e: 'resumed', sc: 'workflow' }),
    );
    expect(await head(id)).toEqual({ status: running, wait_reason: paused });
    await engine.command(tenantId, id, 'resume');
    expect(await engines.ended(id)).toMatchObject({ status: 2 });
  });

  it('holds what another process accepted, and what its owner left behind when it died', async () => {
    const workflow = await engines.publish([act('one')]);
    const gateway = await engines.anEngine({ drives: false });
    const these = [{ tenantId, workflowId: null }];
    const before = idOf(await gateway.start(aStart(workflow)));
    await gateway.setPaused(true, these, why);
    const during = idOf(await gateway.start(aStart(workflow)));
    expect(await head(during)).toEqual({ status: pending, wait_reason: null });
    const engine = await engines.anEngine();
    for (const id of [before, during]) await until(id, { status: held, wait_reason: paused });
    await engine.drain(0);
    await gateway.setPaused(false, these, why);
    for (const id of [before, during]) expect(await head(id)).toEqual({ status: held, wait_reason: paused });
    await engines.anEngine();
    for (const id of [before, during]) expect(await engines.ended(id)).toMatchObject({ status: 2 });
    await engines.expectSound();
  });

  it('lets none escape or stay behind, when pauses come and go while many are started', async () => {
    const actions = aWorld();
    const engine = await engines.anEngine({ actions });
    const workflow = await engines.publish([act('one'), nap('nap', 20, needs('one')), act('two', needs('nap'))]);
    const these = [{ tenantId, workflowId: workflow.workflowId }];
    const ids: string[] = [];
    for (let round = 0; round < 20; round += 1) {
      const starting = Array.from({ length: 20 }, () =>
        engine.start(aStart(workflow)).then((made) => ids.push(idOf(made))),
      );
      await Promise.all([engine.setPaused(round % 2 === 0, these, why), ...starting]);
    }
    for (const id of ids) expect(await engines.ended(id)).toMatchObject({ status: 2 });
    expect(actions.callsOf('two')).toHaveLength(400);
    await engines.expectSound();
  });

  it('is cancelled when that is asked, also before it has begun', async () => {
    const engine = await engines.anEngine();
    const workflow = await engines.publish([act('one')]);
    const these = [{ tenantId, workflowId: workflow.workflowId }];
    await engine.setPaused(true, these, why);
    const id = idOf(await engine.start(aStart(workflow)));
    await until(id, { status: held, wait_reason: paused });
    await engine.command(tenantId, id, 'cancel');
    expect(await engines.ended(id)).toMatchObject({ status: 4 });
    await engine.setPaused(false, these, why);
    await engines.expectSound();
  });
});
