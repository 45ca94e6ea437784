/** Long executions are not folded from their beginning, and no snapshot is ever believed over the journal. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { act, aStart, aWorld, idOf, nap, needs, type Row, useEngines, type World } from '../../../testing/engine.ts';
import { noObserver } from '../observer.ts';
import { checksumOf } from './snapshot-text.ts';

const engines = useEngines();
afterEach(() => engines.expectSound());

const chain = (length: number) => Array.from({ length }, (_, n) => act(`s${n}`, n === 0 ? {} : needs(`s${n - 1}`)));
const snapshotOf = (id: string) => engines.one(`select * from execution_snapshots where execution_id = '${id}'`);

/** A world in which the first steps take well more than a second together. */
function slowWorld(): World {
  const world = aWorld();
  for (let n = 0; n < 15; n += 1)
    world.on(`s${n}`, async () => {
      await pause(110);
      return { output: { ok: true } };
    });
  return world;
}

/** An execution of 40 steps that stands in `s30`, and whose engine is gone; by then it has been kept. */
async function inTheMiddle(world = slowWorld(), output = '${steps.s0.output}'): Promise<string> {
  const held = world.hold('s30');
  const gone = await engines.anEngine({ actions: world });
  const id = idOf(await gone.start(aStart(await engines.publish(chain(40), { output }))));
  await held.reached(1);
  await gone.drain(0);
  expect((await snapshotOf(id))['seq']).toBeGreaterThan(8);
  return id;
}

/** The next engine, and how often it found a snapshot of no use. */
async function theNext(): Promise<{ readonly world: World; readonly seen: { unusable: number } }> {
  const world = aWorld();
  const seen = { unusable: 0 };
  const observer = {
    ...noObserver,
    snapshotUnusable() {
      seen.unusable += 1;
    },
  };
  await engines.anEngine({ actions: world, observer });
  return { world, seen };
}

describe('a snapshot', () => {
  it('is kept every 10 steps once an execution has run for a second; the next engine reads it and what came after it [F67]', async () => {
    const id = await inTheMiddle();
    await engines.expectSound();
    // Whoever reads the journal from its beginning fails.
    const first = `where execution_id = '${id}' and seq = 1`;
    const { data } = await engines.one(`select data from execution_events ${first}`);
    await engines.rows(`update execution_events set data = '[' ${first}`);
    const { world, seen } = await theNext();
    expect(await engines.ended(id)).toMatchObject({ status: 2, output: '{"ok":true}' });
    await engines.rows(`update execution_events set data = '${data}' ${first}`);
    expect(world.calls.map(({ path }) => path)).toEqual(Array.from({ length: 10 }, (_, n) => `s${n + 30}`));
    expect(seen.unusable).toBe(0);
    await expect.poll(() => snapshotOf(id)).toEqual({});
  });

  it.each([
    ['has a flipped bit', `data = overlay(data placing chr(ascii(substr(data, 100, 1)) # 1) from 100 for 1)`],
    ['is cut off', `data = left(data, 200)`],
    ['has lost its checksum', `checksum = sha256('')`],
    ['says that it is of another row', `seq = seq - 1`],
  ])('that %s is left out and counted; the journal is folded [F12]', async (_, damage) => {
    const id = await inTheMiddle();
    await engines.rows(`update execution_snapshots set ${damage} where execution_id = '${id}'`);
    const { world, seen } = await theNext();
    expect(await engines.ended(id)).toMatchObject({ status: 2, output: '{"ok":true}' });
    expect(world.calls.map(({ path }) => path)).toEqual(Array.from({ length: 10 }, (_, n) => `s${n + 30}`));
    expect(seen.unusable).toBe(1);
  });

  it('of another release is left out without a word', async () => {
    const id = await inTheMiddle();
    await engines.rows(`update execution_snapshots set format = 'older', data = '' where execution_id = '${id}'`);
    const { seen } = await theNext();
    expect(await engines.ended(id)).toMatchObject({ status: 2 });
    expect(seen.unusable).toBe(0);
  });

  it('that says something else than the journal is found by the check, whatever its checksum', async () => {
    const id = await inTheMiddle();
    const { checksum: _, ...kept } = (await snapshotOf(id)) as Parameters<typeof checksumOf>[1] & Row;
    const data = kept.data.replace('"ok":true', '"ok":false');
    const checksum = checksumOf(id, { ...kept, data }).toString('hex');
    const other = `data = '${data}', checksum = '\\x${checksum}' where execution_id = '${id}'`;
    await engines.rows(`update execution_snapshots set ${other}`);
    await expect(engines.expectSound()).rejects.toThrow('deeply equal []');
    await engines.rows('delete from execution_snapshots');
    await theNext();
    await engines.ended(id);
  });

  it('refers to large values as the journal does', async () => {
    const world = slowWorld();
    world.on('s10', () => Promise.resolve({ output: 'large '.repeat(50_000) }));
    const id = await inTheMiddle(world, '${size(steps.s10.output)}');
    expect(String((await snapshotOf(id))['data']).length).toBeLessThan(20_000);
    expect(await engines.rows(`select digest from blobs where owner = '${id}'`)).toHaveLength(1);
    await theNext();
    expect(await engines.ended(id)).toMatchObject({ status: 2, output: '300000' });
  });

  it('is not made of what is short, or waits after few events', async () => {
    const engine = await engines.anEngine({ actions: slowWorld() });
    const short = await engine.start(aStart(await engines.publish(chain(9))), { waitMs: 5_000 });
    const waiting = idOf(
      await engine.start(aStart(await engines.publish([...chain(5), nap('long', '1h', needs('s4'))]))),
    );
    await expect.poll(() => engine.inFlight()).toBe(0);
    expect(short).toMatchObject({ finished: { status: 'COMPLETED' } });
    for (const id of [idOf(short), waiting]) expect(await snapshotOf(id)).toEqual({});
  });

  it('is made when an execution begins to wait behind a long journal, however fast it came there', async () => {
    const engine = await engines.anEngine();
    const counts = { id: 'count', type: 'transform', config: { output: '${loop.index}' } };
    const loop = { id: 'many', type: 'loop', config: { times: 150, steps: [counts] } };
    const workflow = await engines.publish([loop, nap('long', '1h', needs('many'))]);
    const id = idOf(await engine.start(aStart(workflow)));
    await expect.poll(() => engine.inFlight()).toBe(0);
    const { seq } = await engines.one(`select seq from workflow_executions where id = '${id}'`);
    await expect.poll(async () => (await snapshotOf(id))['seq']).toBe(seq);
  });
});
