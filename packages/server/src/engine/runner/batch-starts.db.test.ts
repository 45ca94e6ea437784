import { afterEach, describe, expect, it } from 'vitest';
import { act, aStart, aWorld, needs, useEngines } from '../../../testing/engine.ts';

const engines = useEngines();
afterEach(() => engines.expectSound());

const many = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index));
const keyed = (key: string, byte = 1) => ({ idempotency: { key, hash: Buffer.alloc(32, byte) } });

describe('starts that belong together', () => {
  it('are all stored in one transaction, begun here, and each runs to its end', async () => {
    const engine = await engines.anEngine({ actions: aWorld() });
    const workflow = await engines.publish([act('one'), act('two', needs('one'))]);
    const result = await engine.startAll(many(200, (n) => aStart(workflow, { input: { n } })));
    expect(result).toMatchObject({ kind: 'started', replayed: false });
    const ids = 'executionIds' in result ? result.executionIds : [];
    expect(new Set(ids).size).toBe(200);
    for (const [n, id] of ids.entries()) {
      expect(await engines.ended(id)).toMatchObject({ status: 2, input: JSON.stringify({ n }), root_id: id });
    }
  });

  it('are none when the key of one stands for another start [F75]', async () => {
    const engine = await engines.anEngine();
    const workflow = await engines.publish([act('one')]);
    await engine.start(aStart(workflow, keyed('taken')));
    const before = await engines.one('select count(*)::int as n from workflow_executions');
    const starts = [aStart(workflow, keyed('free')), aStart(workflow), aStart(workflow, keyed('taken', 2))];
    expect(await engine.startAll(starts)).toEqual({ kind: 'key_reused', index: 2 });
    expect(await engines.one('select count(*)::int as n from workflow_executions')).toEqual(before);
    expect(await engines.rows(`select from execution_keys where key = 'free'`)).toHaveLength(0);
  });

  it('that are repeated at once, in any order, are one execution for each key [F75]', async () => {
    const engine = await engines.anEngine();
    const workflow = await engines.publish([act('one')]);
    const starts = many(50, (n) => aStart(workflow, keyed(`batch-${n}`)));
    const results = await Promise.all([
      engine.startAll(starts),
      engine.startAll(starts.toReversed()),
      engine.startAll(starts),
    ]);
    const ids = results.map((result) => ('executionIds' in result ? result.executionIds : []));
    expect(ids[0]).toEqual(ids[2]);
    expect(ids[1]?.toReversed()).toEqual(ids[0]);
    expect(results.filter((result) => 'replayed' in result && !result.replayed)).toHaveLength(1);
    for (const id of ids[0] ?? []) await engines.ended(id);
  });

  it('that no memory has room for wait as rows, and run all the same', async () => {
    const engine = await engines.anEngine({ maxInFlight: 20 });
    const workflow = await engines.publish([act('one')]);
    const result = await engine.startAll(many(300, () => aStart(workflow)));
    for (const id of 'executionIds' in result ? result.executionIds : []) {
      expect(await engines.ended(id)).toMatchObject({ status: 2 });
    }
  });

  it('of which one holds what no column can are none', async () => {
    const engine = await engines.anEngine();
    const workflow = await engines.publish([act('one')]);
    const before = await engines.one('select count(*)::int as n from workflow_executions');
    const starts = [aStart(workflow), aStart(workflow, { businessKey: 'half \ud800 of a pair \u0000' })];
    await expect(engine.startAll(starts)).rejects.toMatchObject({ code: 'unstorable_value' });
    expect(await engines.one('select count(*)::int as n from workflow_executions')).toEqual(before);
  });

  it('that a process without shards accepts are begun by the one that drives', async () => {
    const world = aWorld();
    const gateway = await engines.anEngine({ drives: false });
    const workflow = await engines.publish([act('one')]);
    const result = await gateway.startAll(many(20, () => aStart(workflow)));
    const ids = 'executionIds' in result ? result.executionIds : [];
    expect(
      await engines.rows(`select from workflow_executions where id = any('{${ids.join(',')}}') and status = 0`),
    ).toHaveLength(20);
    await engines.anEngine({ actions: world });
    for (const id of ids) expect(await engines.ended(id)).toMatchObject({ status: 2 });
    expect(world.callsOf('one')).toHaveLength(20);
  });
});
