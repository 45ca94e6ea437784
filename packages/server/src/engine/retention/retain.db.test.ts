import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  act,
  aStart,
  aWorld,
  idOf,
  nap,
  needs,
  type TestEngine,
  type TestEngines,
  useEngines,
} from '../../../testing/engine.ts';
import type { BlobStore } from '../../kernel/blob/blob-store.ts';
import { createDiskBlobs } from '../../kernel/blob/disk-blobs.ts';
import { defaultTenantId } from '../../kernel/db/database.ts';
import { makeNextSurvivors } from '../../kernel/db/survivors.ts';
import { silentLog } from '../../kernel/log/log.ts';
import { uuidV7 } from '../execution-id.ts';
import { createReading } from '../reading.ts';
import { catchUp, copyKept } from '../store/retention-move.ts';
import { type RetentionDeps, retain } from './retain.ts';

/** Executions are made now, and looked at from so far ahead that the month of now is the one that is past its time. */
const engines: TestEngines = useEngines();
const months = 12;
const ahead = (count: number) => Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth() + count, 15);
const monthNow = () => new Date().toISOString().slice(0, 7).replace('-', '');

let folder: string;
let archives: BlobStore;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'archives-'));
  archives = await createDiskBlobs(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

const observer = { monthsDue: vi.fn(), executionsArchived: vi.fn(), monthDropped: vi.fn() };
const reading = () => {
  const planOf = () => Promise.reject(new Error('nothing is shown'));
  return createReading({ database: engines.database, planOf, blobs: engines.blobs, secrets: engines.secrets });
};
const deps = (more: Partial<RetentionDeps> = {}): RetentionDeps => ({
  database: engines.database,
  blobs: engines.blobs,
  archives,
  log: silentLog,
  observer,
  ...more,
});
/** The month of now is past its time first; each further test takes the next month with what is below it. */
let monthsTaken = 0;
const nextMonth = () => {
  monthsTaken += 1;
};
const run = (more: Partial<RetentionDeps> = {}) =>
  retain(deps(more), { now: ahead(months + monthsTaken), months, signal: new AbortController().signal });

const partitions = async () =>
  (
    await engines.rows(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'workflow_executions'::regclass`,
    )
  ).map(({ name }) => name);
const isThere = async (id: string) =>
  (await engines.rows(`select 1 from workflow_executions where id = '${id}'`)).length === 1;

/** As a reader of the archive finds it. */
async function archivedLines(): Promise<Record<string, unknown>[]> {
  const files = await engines.rows(
    `select archive_id, tenant_id, encode(digest, 'hex') as digest from archive_files order by archive_id, tenant_id, number`,
  );
  const lines: Record<string, unknown>[] = [];
  for (const { archive_id: owner, tenant_id: tenantId, digest } of files) {
    const content = await archives.get(
      { tenantId: tenantId as string, area: 'archives', owner: owner as string },
      digest as string,
    );
    for (const line of gunzipSync(content).toString().trimEnd().split('\n')) lines.push(JSON.parse(line));
  }
  return lines;
}
const archivedIds = async () =>
  (await archivedLines()).flatMap(({ kind, row }) => (kind === 'execution' ? (row as { id: string }).id : []));

async function waitingBehindMany(engine: TestEngine): Promise<string> {
  const loop = { id: 'many', type: 'loop', config: { times: 120, steps: [act('one')] } };
  const wait = { id: 'long', type: 'wait', config: { signal: 'go', timeout: '400d' }, ...needs('many') };
  const id = idOf(await engine.start(aStart(await engines.publish([loop, wait]))));
  await expect.poll(() => engine.inFlight(), { timeout: 10_000 }).toBe(0);
  return id;
}
const isCompacted = (id: string) =>
  expect
    .poll(() =>
      engines.rows(`select 1 from execution_events where execution_id = '${id}' and data like '[{"e":"compacted"%'`),
    )
    .toHaveLength(1);

describe('a month that is past its time', () => {
  it('is archived and dropped; what has not ended stays, wakes up and ends [F26]', async () => {
    const world = aWorld();
    const large = 'x'.repeat(300_000);
    world.on('large', () => Promise.resolve({ output: { large } }));
    const held = world.hold('slow');
    const engine = await engines.anEngine({ actions: world });
    const quick = await engines.publish([act('large'), act('small', needs('large'))]);
    const sleeper = await engines.publish([
      act('first'),
      { id: 'long', type: 'wait', config: { signal: 'go', timeout: '400d' }, ...needs('first') },
      act('after', needs('long')),
    ]);
    const slow = await engines.publish([act('slow'), act('after', needs('slow'))]);
    const idempotency = { key: 'quick', hash: Buffer.alloc(32) };
    const done = idOf(await engine.start(aStart(quick, { idempotency })));
    const asleep = idOf(await engine.start(aStart(sleeper, { idempotency: { ...idempotency, key: 'asleep' } })));
    const busy = idOf(await engine.start(aStart(slow)));
    await engines.ended(done);
    await held.reached(1);
    await vi.waitFor(async () => expect(await engines.rows('select 1 from execution_timers')).toHaveLength(1));
    const journal = await engines.eventsOf(done);

    nextMonth();
    await run();

    expect(await partitions()).not.toContain(`workflow_executions_${monthNow()}`);
    expect([await isThere(done), await isThere(asleep), await isThere(busy)]).toEqual([false, true, true]);
    expect(await engines.rows('select key from execution_keys')).toEqual([{ key: 'asleep' }]);
    expect(await engines.rows('select 1 from blobs')).toEqual([]);
    const lines = await archivedLines();
    expect(lines.filter(({ kind }) => kind === 'execution')).toMatchObject([
      { row: { id: done, tenant_id: defaultTenantId } },
    ]);
    expect(lines.flatMap(({ kind, events }) => (kind === 'journal' ? (events as object[]) : []))).toMatchObject(
      journal.map(({ e, s }) => (s === undefined ? { e } : { e, s })),
    );
    const [value] = lines.filter(({ kind }) => kind === 'value');
    expect(Buffer.from(value?.['base64'] as string, 'base64').toString()).toContain(large);
    await engines.expectSound();

    held.release();
    expect((await engines.ended(busy))['status']).toBe(2);
    expect(await engine.signal(defaultTenantId, asleep, { name: 'go', payload: null })).toBe('accepted');
    expect((await engines.ended(asleep))['status']).toBe(2);
    await engines.expectSound();
  });

  it('takes what ended meanwhile with the next one, and leaves alone what ended lately', async () => {
    const engine = await engines.anEngine();
    const id = idOf(await engine.start(aStart(await engines.publish([act('only')]))));
    await engines.ended(id);
    const lately = idOf(await engine.start(aStart(await engines.publish([act('only')]))));
    await engines.ended(lately);
    await engines.rows(
      `update workflow_executions set finished_at = now() + interval '10 years' where id = '${lately}'`,
    );

    nextMonth();
    await run();

    expect([await isThere(id), await isThere(lately)]).toEqual([false, true]);
    expect(await archivedIds()).toContain(id);
    expect(await archivedIds()).not.toContain(lately);
    expect(observer.monthsDue).toHaveBeenLastCalledWith(0);
  });

  it('has every row of a compacted journal, in order', async () => {
    const engine = await engines.anEngine({ compactEvents: 100 });
    const id = await waitingBehindMany(engine);
    const { rows: journal } = await reading().journalFrom(defaultTenantId, id, { seq: 1, place: 0 });
    await isCompacted(id);
    await engine.signal(defaultTenantId, id, { name: 'go', payload: null });
    const { seq } = await engines.ended(id);

    nextMonth();
    await run();

    const rows = (await archivedLines()).filter(({ kind, execution_id: of }) => kind === 'journal' && of === id);
    expect(rows.map((row) => row['seq'])).toEqual(Array.from({ length: seq as number }, (_, n) => n + 1));
    for (const [n, { eventsText }] of journal.entries()) expect(rows[n]?.['events']).toEqual(JSON.parse(eventsText));
    expect(new Date(rows[0]?.['at'] as string).getUTCFullYear()).toBe(new Date().getUTCFullYear());
    expect(await engines.rows(`select 1 from blobs where owner = '${id}'`)).toEqual([]);
  });

  it('hands over what is compacted while its rows are copied', async () => {
    const id = await waitingBehindMany(await engines.anEngine());
    const before = 'ffffffff-0000-0000-0000-000000000000';
    const client = await engines.database.connectDirect('retention', { role: 'owner' });
    const journal = async (table: string) =>
      (await client.query(`select seq, data from ${table} where execution_id = '${id}' order by seq`)).rows;
    try {
      await makeNextSurvivors(client, { month: monthNow(), first: before, before });
      await client.query('truncate retention_kept, retention_changes');
      await client.query(`insert into retention_kept values ('${id}')`);
      await copyKept(client, '00000000-0000-0000-0000-000000000000');
      const [first, second, ...rest] = await journal('execution_events');
      expect(await journal('execution_events_survivors_next')).toEqual([first, second, ...rest]);
      await client.query('begin');
      await client.query(`delete from execution_events where execution_id = '${id}' and seq = 1`);
      await client.query(`update execution_events set data = '[]' where execution_id = '${id}' and seq = 2`);
      await client.query(`insert into retention_changes (execution_id) values ('${id}')`);
      await catchUp(client, before);
      expect(await journal('execution_events_survivors_next')).toEqual([{ seq: 2, data: '[]' }, ...rest]);
      await client.query('rollback');
    } finally {
      await client.query('truncate retention_kept, retention_changes');
      await client.query('drop table execution_events_survivors_next, workflow_executions_survivors_next');
      await client.end();
    }
  });

  it('leads nowhere afterwards: an execution of it is not found, and nothing can be asked of it', async () => {
    const engine = await engines.anEngine();
    const id = idOf(await engine.start(aStart(await engines.publish([act('only')]))));
    await engines.ended(id);
    nextMonth();
    await run();
    expect(await reading().find(defaultTenantId, id)).toBeUndefined();
    expect(await engine.command(defaultTenantId, id, 'cancel', { reason: 'late' })).toBe('not_found');
    await engines.expectSound();
  });

  it('leaves alone what a retry that has not begun is still to read', async () => {
    const engine = await engines.anEngine();
    const id = idOf(await engine.start(aStart(await engines.publish([act('only')]))));
    await engines.ended(id);
    await engine.drain(0);
    const retry = uuidV7(Date.now());
    await engines.rows(`
      insert into workflow_executions (id, tenant_id, workflow_id, version_id, root_id, retry_of, shard)
      select '${retry}', tenant_id, workflow_id, version_id, id, id, get_byte(uuid_send('${retry}'), 15)
        from workflow_executions where id = '${id}'`);
    nextMonth();
    await run();
    expect(await Promise.all([id, retry].map(isThere))).toEqual([true, true]);
    await engines.rows(`delete from workflow_executions where id = '${retry}'`);
  });
});

describe('a process that dies', () => {
  const died = new Error('died');
  const die = () => Promise.reject(died);
  const dieAtPhase = (phase: string) => ({
    before: () =>
      engines.rows(`
        create function die() returns trigger language plpgsql as $$ begin raise exception 'died'; end $$;
        create trigger die before update on retention_months for each row when (new.phase = '${phase}') execute function die()`),
    after: () => engines.rows('drop trigger die on retention_months; drop function die'),
  });
  const loseSession = () =>
    engines.rows(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cloudflow retention'
                     and datname = current_database()`);
  type Death = {
    readonly deps?: () => Partial<RetentionDeps>;
    readonly before?: () => unknown;
    readonly after?: () => unknown;
  };
  const deaths: Record<string, Death> = {
    'before a file is written': { deps: () => ({ archives: { ...archives, put: die } }) },
    'before a file is read back': { deps: () => ({ archives: { ...archives, get: die } }) },
    'when a file is noted': {
      deps: () => ({
        observer: {
          ...observer,
          executionsArchived: () => {
            throw died;
          },
        },
      }),
    },
    'and loses its session while it writes a file': {
      deps: () => ({
        archives: {
          ...archives,
          async get(place, digest) {
            await loseSession();
            return archives.get(place, digest);
          },
        },
      }),
    },
    'when all is archived': dieAtPhase('moving'),
    'in the middle of the swap': dieAtPhase('dropping'),
    'while it removes large values': { deps: () => ({ blobs: { ...engines.blobs, remove: die } }) },
    'when all is dropped': dieAtPhase('done'),
  };

  it.each(Object.keys(deaths))('%s: the next one goes on, and nothing is lost or there twice', async (name) => {
    const { deps: faulty = () => ({}), before, after } = deaths[name] as Death;
    const world = aWorld();
    world.on('large', () => Promise.resolve({ output: { large: 'x'.repeat(300_000) } }));
    const engine = await engines.anEngine({ actions: world });
    const start = async (steps: object[]) => idOf(await engine.start(aStart(await engines.publish(steps))));
    const over = [await start([act('large')]), await start([act('quick')])];
    for (const id of over) await engines.ended(id);
    const asleep = await start([nap('long', '400d')]);
    await vi.waitFor(async () =>
      expect(await engines.rows(`select 1 from execution_timers where execution_id = '${asleep}'`)).toHaveLength(1),
    );

    nextMonth();
    await before?.();
    await expect(run(faulty())).rejects.toThrow();
    await after?.();
    await run();

    expect(await Promise.all([asleep, ...over].map(isThere))).toEqual([true, false, false]);
    expect((await archivedIds()).filter((id) => over.includes(id)).sort()).toEqual(over.sort());
    expect(await archivedIds()).not.toContain(asleep);
    expect(await engines.rows('select 1 from blobs')).toEqual([]);
    expect(await engines.rows(`select month from retention_months where phase <> 'done'`)).toEqual([]);
    expect(await engines.rows(`select relname from pg_class where relname ~ '_(old|next)$' and relkind = 'r'`)).toEqual(
      [],
    );
    await engines.expectSound();
  });
});
