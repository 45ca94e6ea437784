import { describe, expect, it, vi } from 'vitest';
import { act, aStart, aWorld, idOf, nap, needs, useEngines } from '../../../testing/engine.ts';

const engines = useEngines();
const locked = (id: string, scope: string, more: object = {}) =>
  act(id, { lock: { key: 'input.account', scope }, ...more });
const forAccount = (account: string) => ({ input: { account } });
const places = () => engines.rows('select held from gate_entries');

describe('a lock that executions share', () => {
  it.each(['workflow', 'tenant'])(
    'of scope %s lets one step at a time do its work, and the next when it has ended',
    async (scope) => {
      const world = aWorld();
      let running = 0;
      let most = 0;
      world.on('a', async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return { output: null };
      });
      const engine = await engines.anEngine({ actions: world });
      const workflow = await engines.publish([locked('a', scope)]);
      const start = () => engine.start(aStart(workflow, forAccount(scope)));
      const ids = (await Promise.all(Array.from({ length: 20 }, start))).map(idOf);
      for (const id of ids) expect(await engines.ended(id)).toMatchObject({ status: 2 });
      expect([most, world.callsOf('a').length]).toEqual([1, 20]);
      await vi.waitFor(async () => expect(await places()).toEqual([]));
      await engines.expectSound();
    },
  );

  it('of scope tenant is one for all workflows, of scope workflow one for each', async () => {
    const world = aWorld();
    const a = world.hold('a');
    const engine = await engines.anEngine({ actions: world });
    const shared = [await engines.publish([locked('a', 'tenant')]), await engines.publish([locked('a', 'tenant')])];
    const own = [await engines.publish([locked('a', 'workflow')]), await engines.publish([locked('a', 'workflow')])];
    const ids: string[] = [];
    for (const workflow of [...shared, ...own]) ids.push(idOf(await engine.start(aStart(workflow, forAccount('x')))));
    await a.reached(3);
    await vi.waitFor(async () => expect((await places()).filter(({ held }) => !held)).toHaveLength(1));
    a.release();
    for (const id of ids) await engines.ended(id);
  });

  it('is shown by the step as QUEUED and by the execution as wait reason lock, and is left by who is cancelled while it waits', async () => {
    const world = aWorld();
    const a = world.hold('a');
    const engine = await engines.anEngine({ actions: world });
    const workflow = await engines.publish([locked('a', 'tenant')]);
    const [first, second] = [
      idOf(await engine.start(aStart(workflow, forAccount('c')))),
      idOf(await engine.start(aStart(workflow, forAccount('c')))),
    ];
    await a.reached(1);
    const waits = await vi.waitFor(async () => {
      const found = await engines.rows(
        `select id from workflow_executions where wait_reason = 8 and finished_at is null`,
      );
      expect(found).toHaveLength(1);
      return String(found[0]?.['id']);
    });
    await engine.command(aStart(workflow).tenantId, waits, 'cancel');
    expect(await engines.ended(waits)).toMatchObject({ status: 4 });
    await vi.waitFor(async () => expect(await places()).toEqual([{ held: true }]));
    a.release();
    expect(await engines.ended(waits === first ? second : first)).toMatchObject({ status: 2 });
    await vi.waitFor(async () => expect(await places()).toEqual([]));
  });

  it('outlives the process that held it: the step is repeated under its lock, and nobody else has it meanwhile [F87]', async () => {
    const [here, there] = [aWorld(), aWorld()];
    const [a, b] = [here.hold('a'), there.hold('a')];
    const first = await engines.anEngine({ actions: here });
    const workflow = await engines.publish([locked('a', 'tenant'), nap('n', 1, needs('a'))]);
    const ids = [
      idOf(await first.start(aStart(workflow, forAccount('d')))),
      idOf(await first.start(aStart(workflow, forAccount('d')))),
    ];
    await a.reached(1);
    await vi.waitFor(async () => expect(await places()).toHaveLength(2));
    await first.drain(0);
    await engines.anEngine({ actions: there });
    await b.reached(1);
    expect(there.callsOf('a').map(({ executionId }) => executionId)).toEqual(
      here.callsOf('a').map(({ executionId }) => executionId),
    );
    b.release();
    for (const id of ids) expect(await engines.ended(id)).toMatchObject({ status: 2 });
    await vi.waitFor(async () => expect(await places()).toEqual([]));
    await engines.expectSound();
  });
});
