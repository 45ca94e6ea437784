/** Items that are executions of their own: each started once, whoever dies, and on their own from then on. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { act, aStart, aWorld, idOf, needs, type Row, untilAborted, useEngines } from '../../../testing/engine.ts';
import { defaultTenantId } from '../../kernel/db/database.ts';

const engines = useEngines();
afterEach(() => engines.expectSound());

const each = (id: string, items: unknown, steps: readonly object[], more: object = {}) => ({
  id,
  type: 'for_each',
  config: { items, wait: false, steps, ...more },
});
const childrenOf = (id: string) =>
  engines.rows(`select * from workflow_executions where parent_id = '${id}' order by (trigger::json ->> 'index')::int`);
const idsOf = (rows: readonly Row[]) => rows.map(({ id }) => id as string);
const outputOf = ({ output }: Row) => JSON.parse(output as string) as unknown;
const fails = { error: { code: 'no', message: 'No.', retryable: false } };

/** Gone without a word when another engine takes all shards by force. */
const mortal = { exclusive: false, leaseMs: 60_000 };

describe('an item that is an execution of its own', () => {
  it('knows who started it, has the priority and version of its parent, and effects named after the root [WCP-12 X9]', async () => {
    const world = aWorld();
    const engine = await engines.anEngine({ actions: world });
    const workflow = await engines.publish([each('all', 'input.list', [act('pay', { config: { to: '${ item }' } })])]);
    const id = idOf(
      await engine.start(aStart(workflow, { priority: 1, input: { list: ['x', 'y'] }, labels: { l: '1' } })),
    );
    const parent = await engines.ended(id);
    const children = await childrenOf(id);
    expect(outputOf(parent)).toEqual({ all: idsOf(children) });
    for (const [index, child] of children.entries()) {
      expect(child).toMatchObject({ root_id: id, version_id: parent['version_id'], priority: 1, labels: '{}' });
      expect(JSON.parse(child['trigger'] as string)).toEqual({
        type: 'for_each',
        execution_id: id,
        workflow_id: workflow.slug,
        step: 'all',
        step_id: 'all',
        index,
        depth: 1,
        wait: false,
        correlation_id: 'test',
      });
      expect(await engines.ended(child['id'] as string)).toMatchObject({ status: 2, output: '{"pay":{"ok":true}}' });
    }
    const calls = world.callsOf('pay').map(({ idempotencyKey, input }) => [idempotencyKey, input]);
    expect(calls.sort()).toEqual([
      [`${id}/all.0/pay/0/0`, { to: 'x' }],
      [`${id}/all.1/pay/0/0`, { to: 'y' }],
    ]);
  });

  it('fails, is cancelled and undone alone, and outlives the cancel of its parent', async () => {
    const world = aWorld();
    world.on('slow', untilAborted);
    world.on('bad', () => Promise.resolve(fails));
    const engine = await engines.anEngine({ actions: world });
    const undo = { compensate: { type: 'act', config: {} } };
    const steps = [
      act('first', undo),
      act('bad', { ...needs('first'), when: 'item == 0' }),
      act('slow', { ...needs('first'), when: 'item == 1' }),
      { id: 'ask', type: 'wait', config: { signal: 'go' }, ...needs('first'), when: 'item == 2' },
    ];
    const workflow = await engines.publish([each('all', [0, 1, 2], steps), act('hold', needs('all'))], {
      on_failure: [act('failed')],
      on_cancel: [act('last')],
    });
    world.on('hold', untilAborted);
    const id = idOf(await engine.start(aStart(workflow)));
    await expect.poll(() => ['slow', 'hold'].map((name) => world.callsOf(name).length)).toEqual([1, 1]);
    const [bad, slow, asks] = idsOf(await childrenOf(id)) as [string, string, string];
    await engine.command(defaultTenantId, id, 'cancel', {});
    expect(await engines.ended(id)).toMatchObject({ status: 4 });
    expect(await engines.ended(bad)).toMatchObject({ status: 3 });
    await engine.command(defaultTenantId, slow, 'cancel', {});
    expect(await engines.ended(slow)).toMatchObject({ status: 4 });
    await engine.signal(defaultTenantId, asks, { name: 'go', payload: 7 });
    expect(outputOf(await engines.ended(asks))).toMatchObject({ ask: 7 });
    expect(world.calls.filter(({ path }) => path === 'first.compensate')).toHaveLength(2);
    const last = world.calls.flatMap(({ path }) => (path.startsWith('$') ? path : []));
    expect(last).toEqual(['$on_cancel.last']);
  });

  it('goes on in another process with what was around it, when its parent is long over', async () => {
    const gone = await engines.anEngine();
    const steps = [
      { id: 'ask', type: 'wait', config: { signal: 'go' } },
      {
        id: 'say',
        type: 'transform',
        config: { output: '${ vars.n } ${ steps.before.output } ${ item }' },
        ...needs('ask'),
      },
    ];
    const before = { id: 'before', type: 'transform', config: { output: 'b' } };
    const workflow = await engines.publish([before, { ...each('all', ['x'], steps), ...needs('before') }], {
      variables: { n: 1 },
    });
    const id = idOf(await gone.start(aStart(workflow)));
    await engines.ended(id);
    await expect.poll(async () => (await childrenOf(id))[0]?.['wait_reason']).toBe(5);
    await gone.drain(0);
    await engines.rows(`delete from execution_events where execution_id = '${id}'`);
    const engine = await engines.anEngine();
    const [child] = idsOf(await childrenOf(id)) as [string];
    await engine.signal(defaultTenantId, child, { name: 'go', payload: null });
    expect(outputOf(await engines.ended(child))).toEqual({ say: '1 b x' });
    await engines.rows(`delete from workflow_executions where id in ('${id}', '${child}')`);
    await engines.rows(`delete from execution_events where execution_id = '${child}'`);
  });

  it('has a large value of its own in the blob store, and runs on it', async () => {
    const engine = await engines.anEngine();
    const workflow = await engines.publish([
      each('all', 'input.list', [{ id: 's', type: 'transform', config: { output: '${ size(item) }' } }]),
    ]);
    const id = idOf(await engine.start(aStart(workflow, { input: { list: ['x'.repeat(300_000), 'y'] } })));
    await engines.ended(id);
    const children = await childrenOf(id);
    expect(children.map(({ input }) => String(input)[0])).toEqual(['@', '{']);
    for (const [at, child] of idsOf(children).entries())
      expect(outputOf(await engines.ended(child))).toEqual({ s: [300_000, 1][at] });
  });
});

describe('the start of items', () => {
  it('happens once for each when the process dies before they begin [F01]', async () => {
    const before = aWorld();
    before.on('busy', untilAborted);
    // With one execution in memory there is no room for another: they stay PENDING.
    const gone = await engines.anEngine({ ...mortal, actions: before, maxInFlight: 1 });
    const id = idOf(
      await gone.start(
        aStart(await engines.publish([each('all', 'range(5)', [act('pay')]), act('busy', needs('all'))])),
      ),
    );
    await expect.poll(async () => (await childrenOf(id)).map(({ status }) => status)).toEqual([0, 0, 0, 0, 0]);
    const after = aWorld();
    await engines.anEngine({ actions: after });
    expect(await engines.ended(id)).toMatchObject({ status: 2 });
    for (const child of idsOf(await childrenOf(id))) expect(await engines.ended(child)).toMatchObject({ status: 2 });
    expect(after.callsOf('pay')).toHaveLength(5);
  });

  it('goes on where it was when the process dies in the middle of very many, each once [F01]', async () => {
    const gone = await engines.anEngine({ ...mortal, maxInFlight: 1 });
    const id = idOf(await gone.start(aStart(await engines.publish([each('all', 'range(1100)', [act('pay')])]))));
    const count = `select count(*)::int as n from workflow_executions where parent_id = '${id}'`;
    await vi.waitFor(async () => expect((await engines.one(count))['n']).toBeGreaterThan(0), {
      interval: 2,
      timeout: 9_000,
    });
    const engine = await engines.anEngine({ actions: aWorld(), maxInFlight: 500 });
    const parent = await engines.ended(id);
    expect(parent).toMatchObject({ status: 2 });
    const open = `${count} and finished_at is null`;
    await expect.poll(async () => (await engines.one(open))['n'], { timeout: 30_000 }).toBe(0);
    expect(await engines.one(count)).toEqual({ n: 1_100 });
    expect(engine.inFlight()).toBe(0);
    const turns = (await engines.eventsOf(id)).flatMap((event) =>
      event.e === 'detached' ? [(event['ids'] as readonly string[]).length] : [],
    );
    expect(Math.max(...turns)).toBeLessThanOrEqual(500);
  }, 60_000);
});
