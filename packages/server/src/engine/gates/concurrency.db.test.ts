import { describe, expect, it, vi } from 'vitest';
import {
  act,
  aStart,
  aWorld,
  idOf,
  nap,
  needs,
  type TestEngine,
  untilAborted,
  useEngines,
} from '../../../testing/engine.ts';

const engines = useEngines();
const one = { concurrency: { limit: 1, key: 'input.customer' } };
const forCustomer = (customer: string) => ({ input: { customer } });

async function statusOf(id: string): Promise<string> {
  const { status, wait_reason } = await engines.one(
    `select status, wait_reason from workflow_executions where id = '${id}'`,
  );
  return `${status}/${wait_reason}`;
}
const WAITING = '5/2';
const places = () => engines.rows(`select held from gate_entries`);
const isWaiting = (id: string) => vi.waitFor(async () => expect(await statusOf(id)).toBe(WAITING), { timeout: 5_000 });

async function starts(engine: TestEngine, workflow: Awaited<ReturnType<typeof engines.publish>>, customer = 'c1') {
  return idOf(await engine.start(aStart(workflow, forCustomer(customer))));
}

describe('a concurrency limit', () => {
  it('lets one execution of a key run at a time, in the order in which they were started [F87]', async () => {
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
    const workflow = await engines.publish([act('a')], one);
    const ids: string[] = [];
    for (let i = 0; i < 20; i += 1) ids.push(await starts(engine, workflow));
    const ended = await Promise.all(ids.map((id) => engines.ended(id)));
    expect(ended.map(({ status }) => status)).toEqual(ids.map(() => 2));
    expect(most).toBe(1);
    expect(world.callsOf('a').map(({ executionId }) => executionId)).toEqual(ids);
    await vi.waitFor(async () => expect(await places()).toEqual([]));
    await engines.expectSound();
  });

  it('shows who waits as PENDING with wait reason concurrency, and holds up no other key', async () => {
    const world = aWorld();
    const a = world.hold('a');
    const engine = await engines.anEngine({ actions: world });
    const workflow = await engines.publish([act('a')], one);
    const first = await starts(engine, workflow);
    await a.reached(1);
    const second = await starts(engine, workflow);
    expect(await statusOf(second)).toBe(WAITING);
    const other = await starts(engine, workflow, 'c2');
    await a.reached(2);
    await engines.expectSound();
    a.release();
    for (const id of [first, second, other]) expect(await engines.ended(id)).toMatchObject({ status: 2 });
  });

  it('costs no row and no second flush for an execution that finds its place free and ends at once', async () => {
    const engine = await engines.anEngine();
    const workflow = await engines.publish([{ id: 'a', type: 'transform', config: { output: 1 } }], one);
    const id = await starts(engine, workflow);
    expect(await engines.ended(id)).toMatchObject({ status: 2, seq: 1 });
    expect(await places()).toEqual([]);
  });

  it.each([
    ['reject', 'concurrency_rejected'],
    ['skip', 'concurrency_skipped'],
  ])('ends who comes too late CANCELLED with strategy %s', async (strategy, code) => {
    const world = aWorld();
    const a = world.hold('a');
    const engine = await engines.anEngine({ actions: world });
    const workflow = await engines.publish([act('a')], { concurrency: { limit: 1, strategy } });
    const first = await starts(engine, workflow);
    await a.reached(1);
    const second = await starts(engine, workflow);
    const ended = await engines.ended(second);
    expect([ended['status'], JSON.parse(String(ended['error'])).code]).toEqual([4, code]);
    a.release();
    await engines.ended(first);
    await engines.expectSound();
  });

  it('with cancel_running starts the new one when the old has ended, what it did undone', async () => {
    const world = aWorld();
    const undo = world.hold('pay.compensate');
    world.on('wait', untilAborted);
    const engine = await engines.anEngine({ actions: world });
    const workflow = await engines.publish(
      [
        act('pay', { compensate: { type: 'act', config: {} } }),
        act('wait', { ...needs('pay'), when: 'input.customer != "new"' }),
      ],
      { concurrency: { limit: 1, strategy: 'cancel_running' } },
    );
    const old = await starts(engine, workflow, 'old');
    await vi.waitFor(() => expect(world.callsOf('wait')).toHaveLength(1));
    const next = await starts(engine, workflow, 'new');
    await undo.reached(1);
    expect(await statusOf(next)).toBe(WAITING);
    undo.release();
    expect(await engines.ended(old)).toMatchObject({ status: 4 });
    expect(await engines.ended(next)).toMatchObject({ status: 2 });
    await engines.expectSound();
  });

  it('gives the place on when its holder is cancelled or times out, and leaves who is cancelled while it waits out', async () => {
    const world = aWorld();
    world.on('a', untilAborted);
    const engine = await engines.anEngine({ actions: world });
    const workflow = await engines.publish([act('a')], { ...one, timeout: '400ms' });
    const [first, second, third] = [
      await starts(engine, workflow),
      await starts(engine, workflow),
      await starts(engine, workflow),
    ];
    await engine.command(aStart(workflow).tenantId, second, 'cancel');
    expect(await engines.ended(second)).toMatchObject({ status: 4, started_at: null });
    expect(await engines.ended(first)).toMatchObject({ status: 3 });
    expect(await engines.ended(third)).toMatchObject({ status: 3 });
    expect(world.callsOf('a')).toHaveLength(2);
    await vi.waitFor(async () => expect(await places()).toEqual([]));
    await engines.expectSound();
  });

  it('repeats of a start under one idempotency key hold no place', async () => {
    const world = aWorld();
    const a = world.hold('a');
    const engine = await engines.anEngine({ actions: world });
    const workflow = await engines.publish([act('a')], { concurrency: { limit: 1, strategy: 'cancel_running' } });
    const idempotency = { key: `k-${workflow.workflowId}`, hash: Buffer.alloc(32) };
    const first = await engine.start(aStart(workflow, { idempotency }));
    await a.reached(1);
    const again = await engine.start(aStart(workflow, { idempotency }));
    expect(again).toMatchObject({ kind: 'replayed', executionId: idOf(first) });
    expect(await places()).toEqual([{ held: true }]);
    a.release();
    expect(await engines.ended(idOf(first))).toMatchObject({ status: 2 });
  });

  it('counts across processes, and goes on where the owner of the gate leaves [F87]', async () => {
    const [here, there] = [aWorld(), aWorld()];
    const [a, b] = [here.hold('a'), there.hold('a')];
    const first = await engines.anEngine({ actions: here, exclusive: false, leaseMs: 2_000 });
    const workflow = await engines.publish([act('a'), nap('n', 1, needs('a'))], one);
    const ids = [await starts(first, workflow)];
    await a.reached(1);
    const second = await engines.anEngine({ actions: there, exclusive: false, leaseMs: 2_000 });
    ids.push(await starts(second, workflow), await starts(first, workflow));
    for (const id of ids.slice(1)) await isWaiting(id);
    await first.drain(0);
    a.release();
    await b.reached(1);
    expect((await places()).filter(({ held }) => held)).toHaveLength(1);
    b.release();
    for (const id of ids) expect(await engines.ended(id)).toMatchObject({ status: 2 });
    await vi.waitFor(async () => expect(await places()).toEqual([]));
    await engines.expectSound();
  });
});
