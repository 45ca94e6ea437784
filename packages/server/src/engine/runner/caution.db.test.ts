/** What is loaded from the shards of an owner that died. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { act, aStart, aWorld, idOf, nap, needs, useEngines } from '../../../testing/engine.ts';
import { countLoads } from '../store/crash-suspects.ts';

const engines = useEngines();
afterEach(() => engines.expectSound());

const suspects = () => engines.rows('select execution_id, loads from crash_suspects');
/** Executions under way whose owner is gone without a word, and shards that nobody gave away. */
async function leftBehind(count: number): Promise<string[]> {
  const world = aWorld();
  const held = world.hold('slow');
  const engine = await engines.anEngine({ actions: world });
  const workflow = await engines.publish([act('slow'), nap('rest', 50, needs('slow')), act('last', needs('rest'))]);
  const ids = (await Promise.all(Array.from({ length: count }, () => engine.start(aStart(workflow))))).map(idOf);
  await held.reached(count);
  await engine.drain(0);
  await engines.rows(`update shards set owner = gen_random_uuid(), lease_until = now() - interval '1 second'`);
  return ids;
}
const countAs = (id: string, loads: number) =>
  engines.rows(`insert into crash_suspects (execution_id, shard, process, loads)
                select id, shard, gen_random_uuid(), ${loads} from workflow_executions where id = '${id}'`);

beforeEach(() => engines.rows('delete from crash_suspects'));

describe('after the death of an owner', () => {
  it('each load is counted before it is made, and the count goes when the execution has moved [F04]', async () => {
    const ids = await leftBehind(20);
    const world = aWorld();
    const held = world.hold('slow');
    await engines.anEngine({ actions: world });
    await held.reached(20);
    expect((await suspects()).map(({ loads }) => loads)).toEqual(ids.map(() => 1));
    held.release();
    for (const id of ids) expect(await engines.ended(id)).toMatchObject({ status: 2 });
    await expect.poll(suspects).toEqual([]);
  });

  it('the execution whose three loads were followed by a death is ended, and those beside it go on [F04]', async () => {
    const ids = await leftBehind(12);
    const [culprit = '', alone = '', grouped = ''] = ids;
    await countAs(culprit, 3);
    await countAs(alone, 2);
    await countAs(grouped, 1);
    const world = aWorld();
    await engines.anEngine({ actions: world });
    const { status, error } = await engines.ended(culprit);
    expect([status, JSON.parse(error as string)]).toEqual([3, expect.objectContaining({ code: 'engine_crash_loop' })]);
    for (const id of ids.slice(1)) expect(await engines.ended(id)).toMatchObject({ status: 2 });
    expect(world.calls.some(({ executionId }) => executionId === culprit)).toBe(false);
    await expect.poll(suspects).toEqual([]);
  });

  it('a process that is told to stop holds nothing against what it leaves', async () => {
    await leftBehind(3);
    const world = aWorld();
    const held = world.hold('slow');
    const engine = await engines.anEngine({ actions: world });
    await held.reached(3);
    await engine.drain(0);
    expect(await suspects()).toEqual([]);
    held.release();
  });
});

it('nothing is counted where owners give their shards away', async () => {
  const world = aWorld();
  const held = world.hold('slow');
  const first = await engines.anEngine({ actions: world });
  const id = idOf(await first.start(aStart(await engines.publish([act('slow')]))));
  await held.reached(1);
  await first.drain(0);
  const second = aWorld();
  const again = second.hold('slow');
  await engines.anEngine({ actions: second });
  await again.reached(1);
  expect(await suspects()).toEqual([]);
  again.release();
  held.release();
  expect(await engines.ended(id)).toMatchObject({ status: 2 });
});

it('a process that loads an execution again and again counts once: it has not died of it', async () => {
  const [id = ''] = await leftBehind(1);
  const one = randomUUID();
  for (let times = 0; times < 3; times += 1) await countLoads(engines.database, one, [id]);
  expect(await suspects()).toEqual([{ execution_id: id, loads: 1 }]);
  await countLoads(engines.database, randomUUID(), [id]);
  expect(await suspects()).toEqual([{ execution_id: id, loads: 2 }]);
  await engines.anEngine({ actions: aWorld() });
  await engines.ended(id);
});
