/** The table holds few rows of a long journal, and whoever reads it finds every event where it was. */
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { act, aStart, aWorld, idOf, needs, type Row, type TestEngine, useEngines } from '../../../testing/engine.ts';
import { defaultTenantId } from '../../kernel/db/database.ts';
import { createResolver } from '../../workflow/index.ts';
import { createReading } from '../reading.ts';

const engines = useEngines();
afterEach(() => engines.expectSound());

const patient = { timeout: 10_000 };
const rounds = (id: string, more: object = {}) => {
  return { id, type: 'loop', config: { times: 120, steps: [act(`in_${id}`)] }, ...more };
};
const signal = (name: string, more: object = {}) => ({
  id: name,
  type: 'wait',
  config: { signal: name, timeout: '1h' },
  ...more,
});
/** It waits behind some hundred events, behind twice, and behind three times as many. */
const steps = [
  rounds('one'),
  signal('go', needs('one')),
  rounds('two', needs('go')),
  signal('on', needs('two')),
  rounds('three', needs('on')),
  signal('end', needs('three')),
  act('last', needs('end')),
];

let workflow: Awaited<ReturnType<typeof engines.publish>>;

const rowsOf = (id: string) =>
  engines.rows(`select seq, data from execution_events where execution_id = '${id}' order by seq`);
const firstOf = async (id: string) => JSON.parse(String((await rowsOf(id))[0]?.['data']))[0] as Row;

function reading() {
  const { planOf } = createResolver({
    database: engines.database,
    actions: { find: () => ({ type: 'act', configSchema: {}, defaultTimeoutMs: 1_000 }), types: () => ['act'] },
    monotonic: () => performance.now(),
  });
  return createReading({ database: engines.database, planOf, blobs: engines.blobs, secrets: engines.secrets });
}

/** All of it, in pages as a client reads it. */
async function eventsOf(id: string, limit: number): Promise<readonly { readonly id: string }[]> {
  const from = reading();
  const events = [];
  for (let position: { seq: number; place: number } | null = { seq: 0, place: 0 }; position !== null; ) {
    const page: Awaited<ReturnType<typeof from.events>> = await from.events(defaultTenantId, id, position, limit);
    expect(page.events.length).toBeLessThanOrEqual(limit);
    events.push(...page.events);
    position = page.next;
  }
  return events;
}

/** An execution that waits for `go`, and whose journal is whole; its engine is gone. */
async function beforeGo(): Promise<string> {
  const engine = await engines.anEngine();
  workflow = await engines.publish(steps);
  const id = idOf(await engine.start(aStart(workflow)));
  await expect.poll(() => engine.inFlight(), patient).toBe(0);
  await engine.drain(0);
  return id;
}

const small = { compactEvents: 100 };

/** Goes on to the next wait; more of what is before it is in segments. */
async function goOn(engine: TestEngine, id: string, name: string): Promise<void> {
  const before = Number((await firstOf(id))['u'] ?? 0);
  await engine.signal(defaultTenantId, id, { name, payload: null });
  await expect.poll(async () => (await firstOf(id))['u'], patient).toBeGreaterThan(before);
  await expect.poll(() => engine.inFlight(), patient).toBe(0);
}

/** As it waits for `on`. The engine stays. */
async function compacted(id: string, options: object = small): Promise<TestEngine> {
  const engine = await engines.anEngine(options);
  await goOn(engine, id, 'go');
  return engine;
}

async function endOf(engine: TestEngine, id: string): Promise<Row> {
  for (const name of ['on', 'end']) await engine.signal(defaultTenantId, id, { name, payload: null });
  return engines.ended(id);
}

describe('a long journal', () => {
  it('is one row and its segments; events keep their ids, and pages of any size fit together [F67]', async () => {
    const id = await beforeGo();
    const before = await eventsOf(id, 1_000);
    const engine = await compacted(id);
    await goOn(engine, id, 'on');
    const row = await firstOf(id);
    expect((row['seg'] as unknown[]).length).toBeGreaterThan(1);
    const all = await eventsOf(id, 1_000);
    expect(all.slice(0, before.length)).toEqual(before);
    expect(all.length).toBeGreaterThanOrEqual(Number(row['n']));
    for (const limit of [10, 250]) expect(await eventsOf(id, limit)).toEqual(all);
    const { rows } = await reading().steps(defaultTenantId, id);
    expect(rows.filter(({ step_id: step }) => step.startsWith('in_'))).toHaveLength(360);
    expect(await endOf(engine, id)).toMatchObject({ status: 2 });
    expect((await eventsOf(id, 50)).slice(0, all.length)).toEqual(all);
  });

  it('is followed from any row', async () => {
    const id = await beforeGo();
    const at = { seq: 2, place: 0 };
    const read = async () => {
      const { rows, more } = await reading().journalFrom(defaultTenantId, id, at);
      return { rows: rows.map(({ seq, eventsText }) => ({ seq, eventsText })), more };
    };
    const before = await read();
    await compacted(id);
    const after = await read();
    expect(after.rows.slice(0, before.rows.length)).toEqual(before.rows);
    expect(after.more).toBe(true);
  });

  it.each([
    ['its snapshot', 'select 1'],
    ['the row in their place', 'delete from execution_snapshots'],
    [
      'its segments, when the row in their place is of another release',
      `delete from execution_snapshots; update execution_events set data = regexp_replace(data, '"f":"[^"]*"', '"f":"older"')`,
    ],
  ])('is loaded from %s, and goes on', async (_, damage) => {
    const id = await beforeGo();
    await (await compacted(id)).drain(0);
    await engines.rows(damage);
    const world = aWorld();
    const next = await engines.anEngine({ actions: world });
    expect(await endOf(next, id)).toMatchObject({ status: 2 });
    expect(world.calls).toHaveLength(121);
  });

  it('is read in whole by a retry, which does not do again what had succeeded', async () => {
    const world = aWorld();
    const id = await beforeGo();
    const no = { error: { code: 'no', message: 'No.', retryable: false } };
    world.on('last', () => Promise.resolve(world.callsOf('last').length === 1 ? no : { output: null }));
    const first = await compacted(id, { ...small, actions: world });
    expect(await endOf(first, id)).toMatchObject({ status: 3 });
    const retry = { of: id, rootId: id, generation: 1 };
    await first.drain(0);
    const accepting = await engines.anEngine({ drives: false });
    const trigger = { type: 'api', retry: { from: 'failed' } };
    const again = idOf(await accepting.start(aStart(workflow, { trigger, retry })));
    await engines.anEngine({ actions: world });
    expect(await engines.ended(again)).toMatchObject({ status: 2 });
    expect(world.calls).toHaveLength(240 + 2);
  });
});

describe('compacting', () => {
  const failing = async (make: (done: () => void) => object) => {
    const tried = Promise.withResolvers<void>();
    const id = await beforeGo();
    const before = await rowsOf(id);
    const blobs = { ...engines.blobs, ...make(tried.resolve) };
    const engine = await engines.anEngine({ ...small, blobs });
    await engine.signal(defaultTenantId, id, { name: 'go', payload: null });
    await tried.promise;
    await expect.poll(() => engine.inFlight(), patient).toBe(0);
    await engine.drain(0);
    expect((await rowsOf(id)).slice(0, before.length)).toEqual(before);
    return id;
  };

  it('takes nothing away when a segment cannot be stored', () =>
    failing((done) => ({
      put() {
        done();
        return Promise.reject(new Error('the disk is full'));
      },
    })));

  it('takes nothing away when a segment is not read back as it was written', () =>
    failing((done) => ({
      async get() {
        done();
        return gzipSync('1 0 []');
      },
    })));

  it('takes nothing away when the shard was taken meanwhile; what was stored is of no use to anybody', async () => {
    const id = await failing((done) => ({
      async put(...given: Parameters<typeof engines.blobs.put>) {
        await engines.blobs.put(...given);
        await engines.rows(`update shards set epoch = nextval('shard_epochs'), owner = gen_random_uuid()`);
        done();
      },
    }));
    expect(await engines.rows(`select 1 from blobs where owner = '${id}'`)).not.toEqual([]);
    await engines.rows(`update shards set owner = null, lease_until = 'epoch'`);
  });

  it('leaves short journals as they are', async () => {
    const id = await beforeGo();
    const engine = await engines.anEngine();
    await engine.signal(defaultTenantId, id, { name: 'go', payload: null });
    await expect.poll(() => engine.inFlight(), patient).toBe(0);
    await engine.drain(0);
    expect((await firstOf(id))['e']).toBe('started');
  });
});
