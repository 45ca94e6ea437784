/** Executions that start others: one child for a run of a step, its end heard once, whoever dies or owns what. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  act,
  aStart,
  aWorld,
  idOf,
  nap,
  needs,
  type Row,
  type TestEngine,
  untilAborted,
  useEngines,
} from '../../../testing/engine.ts';
import { defaultTenantId } from '../../kernel/db/database.ts';
import type { ResolvedWorkflow } from '../../workflow/index.ts';

const engines = useEngines();
afterEach(() => engines.expectSound());

const calls = (id: string, { slug }: ResolvedWorkflow, config: object = {}, more: object = {}) => ({
  id,
  type: 'sub_workflow',
  config: { workflow_id: slug, ...config },
  ...more,
});
const childrenOf = (id: string) =>
  engines.rows(`select * from workflow_executions where parent_id = '${id}' order by id`);
const outputOf = ({ output }: Row) => JSON.parse(output as string) as unknown;
const errorOf = ({ error }: Row) => JSON.parse(error as string) as unknown;
const kindsOf = async (id: string) => (await engines.eventsOf(id)).map(({ e }) => e);
const cancel = (engine: TestEngine, id: string) => engine.command(defaultTenantId, id, 'cancel', { reason: 'enough' });

/** Gone without a word when another engine takes all shards by force. */
const mortal = { exclusive: false, leaseMs: 60_000 };

describe('a child', () => {
  it('knows who called it, has the priority of its parent, and names its effects after the root [E6 X9]', async () => {
    const world = aWorld();
    const engine = await engines.anEngine({ actions: world });
    const inner = await engines.publish([act('pay')], { output: '${ input.n }' });
    const middle = await engines.publish([calls('deep', inner, { input: { n: '${ input.n + 1 }' } })]);
    const outer = await engines.publish([
      calls('one', middle, { input: { n: 1 } }),
      calls('two', middle, { input: { n: 5 } }),
    ]);
    const id = idOf(await engine.start(aStart(outer, { priority: 1 })));
    expect(outputOf(await engines.ended(id))).toEqual({ one: { deep: 2 }, two: { deep: 6 } });
    const [child] = await childrenOf(id);
    const [grandchild] = await childrenOf(child?.['id'] as string);
    expect(grandchild).toMatchObject({ root_id: id, parent_id: child?.['id'], priority: 1, generation: 0 });
    expect(JSON.parse(grandchild?.['trigger'] as string)).toMatchObject({
      type: 'sub_workflow',
      execution_id: child?.['id'],
      workflow_id: middle.slug,
      step: expect.stringMatching(/^(one|two)\/deep$/),
      depth: 2,
      wait: true,
      correlation_id: 'test',
    });
    const keys = world.callsOf('pay').map(({ idempotencyKey }) => idempotencyKey);
    expect(keys.sort()).toEqual([`${id}/one/deep/pay/0/0`, `${id}/two/deep/pay/0/0`]);
  });

  it('fails its step with the reason, or is not started when its input does not fit', async () => {
    const world = aWorld();
    world.on('pay', () => Promise.resolve({ error: { code: 'no', message: 'No money.', retryable: false } }));
    const engine = await engines.anEngine({ actions: world });
    const child = await engines.publish([act('pay')], {
      input_schema: { type: 'object', required: ['n'], properties: { n: { type: 'number' } } },
    });
    const failing = idOf(await engine.start(aStart(await engines.publish([calls('c', child, { input: { n: 1 } })]))));
    const refused = idOf(await engine.start(aStart(await engines.publish([calls('c', child, { input: { n: 'x' } })]))));
    const ended = await engines.ended(failing);
    const execution_id = (await childrenOf(failing))[0]?.['id'];
    expect(errorOf(ended)).toMatchObject({
      code: 'child_failed',
      step: 'c',
      details: { execution_id, status: 'FAILED', error: { code: 'no', step: 'pay' } },
    });
    expect(errorOf(await engines.ended(refused))).toMatchObject({
      code: 'input_invalid',
      step: 'c',
      details: { problems: [{ pointer: '/n' }] },
    });
    expect(await childrenOf(refused)).toEqual([]);
  });

  it('that nobody waits for goes its own way, and its failure is its own', async () => {
    const world = aWorld();
    world.on('pay', () => Promise.resolve({ error: { code: 'no', message: 'No.', retryable: false } }));
    const engine = await engines.anEngine({ actions: world });
    const child = await engines.publish([act('pay')]);
    const id = idOf(await engine.start(aStart(await engines.publish([calls('c', child, { wait: false })]))));
    const output = outputOf(await engines.ended(id));
    const [row] = await childrenOf(id);
    expect(output).toEqual({ c: { execution_id: row?.['id'] } });
    expect(await engines.ended(row?.['id'] as string)).toMatchObject({ status: 3 });
  });

  it('ends where a workflow that calls itself without end would not: 32 deep', async () => {
    const engine = await engines.anEngine();
    const again = { id: 'again', type: 'sub_workflow', config: { workflow_id: 'itself' } };
    const workflow = await engines.publish([again], { workflow_id: 'itself' });
    const id = idOf(await engine.start(aStart(workflow)));
    expect(errorOf(await engines.ended(id))).toMatchObject({ code: 'child_failed' });
    expect(await engines.one(`select count(*)::int as n from workflow_executions where root_id = '${id}'`)).toEqual({
      n: 33,
    });
  });
});

describe('a parent that waits', () => {
  it('is a row and no memory, is not rebuilt by its next owner, and hears the end from there [E12]', async () => {
    const gone = await engines.anEngine();
    const child = await engines.publish([{ id: 'ask', type: 'wait', config: { signal: 'go' } }]);
    const id = idOf(await gone.start(aStart(await engines.publish([calls('c', child)]))));
    await expect.poll(() => gone.inFlight()).toBe(0);
    expect(await engines.one(`select wait_reason from workflow_executions where id = '${id}'`)).toEqual({
      wait_reason: 7,
    });
    await expect.poll(async () => (await childrenOf(id))[0]?.['wait_reason']).toBe(5);
    await gone.drain(0);
    const engine = await engines.anEngine();
    expect(engine.inFlight()).toBe(0);
    const [waiting] = await childrenOf(id);
    await engine.signal(defaultTenantId, waiting?.['id'] as string, { name: 'go', payload: 7 });
    expect(outputOf(await engines.ended(id))).toEqual({ c: { ask: 7 } });
  });

  it('has one child when its process dies before the child began [E16 F01]', async () => {
    const [before, after] = [aWorld(), aWorld()];
    before.on('busy', untilAborted);
    // With one execution in memory there is no room for another: the child stays PENDING.
    const gone = await engines.anEngine({ ...mortal, actions: before, maxInFlight: 1 });
    const child = await engines.publish([act('pay')]);
    const id = idOf(await gone.start(aStart(await engines.publish([act('busy'), calls('c', child)]))));
    await expect.poll(async () => (await childrenOf(id)).map(({ status }) => status)).toEqual([0]);
    await engines.anEngine({ actions: after });
    expect(await engines.ended(id)).toMatchObject({ status: 2 });
    expect(await childrenOf(id)).toMatchObject([{ status: 2 }]);
    expect(after.callsOf('pay')).toHaveLength(1);
    expect((await kindsOf(id)).filter((e) => e === 'called')).toHaveLength(1);
  });

  it('asks again after a death between the beginning of the step and the answer, and has one child [E16]', async () => {
    const child = await engines.publish([act('pay')]);
    const workflow = await engines.publish([calls('c', child), act('busy')]);
    const before = aWorld();
    before.on('busy', untilAborted);
    const gone = await engines.anEngine({
      ...mortal,
      actions: before,
      resolveForStart: () => new Promise(() => undefined),
    });
    const id = idOf(await gone.start(aStart(workflow)));
    await expect.poll(() => kindsOf(id)).toContain('begun');
    await engines.anEngine({ actions: aWorld() });
    expect(await engines.ended(id)).toMatchObject({ status: 2 });
    expect(await childrenOf(id)).toHaveLength(1);
  });

  it('hears of children that other processes drive, each once, and they of its cancel', async () => {
    const owner = await engines.anEngine({ exclusive: false, leaseMs: 6_000 });
    const child = await engines.publish([{ id: 'ask', type: 'wait', config: { signal: 'go' } }]);
    const workflow = await engines.publish([calls('c', child)]);
    const ids: string[] = [];
    for (let n = 0; n < 20; n += 1) ids.push(idOf(await owner.start(aStart(workflow))));
    const waiting = `select id, parent_id from workflow_executions where parent_id is not null and wait_reason = 5 and finished_at is null`;
    await expect.poll(async () => (await engines.rows(waiting)).length).toBe(ids.length);
    const other = await engines.anEngine({ exclusive: false, leaseMs: 6_000 });
    await expect.poll(() => [owner, other].map((each) => each.ownedShards()), { timeout: 8_000 }).toEqual([128, 128]);
    for (const { id, parent_id } of await engines.rows(waiting)) {
      if (ids.indexOf(parent_id as string) % 2 === 0) await cancel(other, parent_id as string);
      else await owner.signal(defaultTenantId, id as string, { name: 'go', payload: 1 });
    }
    for (const [n, id] of ids.entries()) {
      expect(await engines.ended(id)).toMatchObject({ status: n % 2 === 0 ? 4 : 2 });
      expect(await childrenOf(id)).toMatchObject([{ status: n % 2 === 0 ? 4 : 2 }]);
    }
  });

  it('is not disturbed by a message that comes twice, or after its end', async () => {
    const engine = await engines.anEngine();
    const child = await engines.publish([act('pay')]);
    const workflow = await engines.publish([calls('c', child), nap('nap', 400, needs('c'))]);
    const id = idOf(await engine.start(aStart(workflow)));
    await expect.poll(() => kindsOf(id)).toContain('succeeded');
    const executionId = (await childrenOf(id))[0]?.['id'];
    const payload = JSON.stringify({ executionId, status: 'FAILED', output: null, error: null });
    const again = `insert into execution_inbox (execution_id, shard, kind, payload)
      select id, shard, 'child_ended', '${payload}' from workflow_executions where id = '${id}'`;
    await engines.rows(again);
    expect(await engines.ended(id)).toMatchObject({ status: 2 });
    await engines.rows(again);
    await expect.poll(() => engines.one('select count(*)::int as n from execution_inbox')).toEqual({ n: 0 });
  });
});

describe('a parent that does not want its child any more', () => {
  it('ends when the child has undone its work, and undoes its own after that [E25 F82]', async () => {
    const world = aWorld();
    world.on('slow', untilAborted);
    const engine = await engines.anEngine({ actions: world });
    const undo = { compensate: { type: 'act', config: {} } };
    const child = await engines.publish([act('inside', undo), act('slow', needs('inside'))], {
      on_cancel: [act('last')],
    });
    const workflow = await engines.publish([act('first', undo), calls('c', child, {}, needs('first'))]);
    const id = idOf(await engine.start(aStart(workflow)));
    await expect.poll(() => world.callsOf('slow').length).toBe(1);
    await cancel(engine, id);
    expect(await engines.ended(id)).toMatchObject({ status: 4 });
    expect(await childrenOf(id)).toMatchObject([{ status: 4 }]);
    expect(world.calls.map(({ path }) => path)).toEqual([
      'first',
      'inside',
      'slow',
      'inside.compensate',
      '$on_cancel.last',
      'first.compensate',
    ]);
  });

  it('and its 50 children undo everything, each thing recorded once, also when the process dies in the middle [F82]', async () => {
    const [before, after] = [aWorld(), aWorld()];
    for (const world of [before, after]) world.on('slow', untilAborted);
    const gone = await engines.anEngine({ ...mortal, actions: before });
    const undo = { compensate: { type: 'act', config: {} } };
    const child = await engines.publish([act('inside', undo), act('slow', needs('inside'))]);
    const each = { items: 'range(50)', concurrency: 50, steps: [calls('c', child)] };
    const workflow = await engines.publish([
      act('first', undo),
      { id: 'all', type: 'for_each', config: each, ...needs('first') },
    ]);
    const id = idOf(await gone.start(aStart(workflow)));
    await expect.poll(() => before.callsOf('slow').length, { timeout: 10_000 }).toBe(50);
    await cancel(gone, id);
    const recalled = async () => (await kindsOf(id)).filter((e) => e === 'recalled').length;
    await expect.poll(recalled).toBe(50);
    await engines.anEngine({ actions: after });
    expect(await engines.ended(id)).toMatchObject({ status: 4 });
    expect((await childrenOf(id)).map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 4));
    const undone =
      await engines.rows(`select v.execution_id from execution_events v join workflow_executions x on x.id = v.execution_id, json_array_elements(readable_json(v.data)) e
      where x.root_id = '${id}' and e ->> 'e' = 'succeeded' and e ->> 'p' = 'inside.compensate'`);
    expect(new Set(undone.map(({ execution_id }) => execution_id)).size).toBe(50);
    expect(undone).toHaveLength(50);
  });

  it('lets it run on with `abandon`', async () => {
    const world = aWorld();
    const held = world.hold('pay');
    const engine = await engines.anEngine({ actions: world });
    const child = await engines.publish([act('pay')]);
    const id = idOf(await engine.start(aStart(await engines.publish([calls('c', child, { on_cancel: 'abandon' })]))));
    await held.reached(1);
    await cancel(engine, id);
    expect(await engines.ended(id)).toMatchObject({ status: 4 });
    held.release();
    const [row] = await childrenOf(id);
    expect(await engines.ended(row?.['id'] as string)).toMatchObject({ status: 2 });
  });
});
