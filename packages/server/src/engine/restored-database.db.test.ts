/** The operator puts an older copy of the database in place of the one that a running engine knows. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { silent, type TestDatabase } from '../../testing/database.ts';
import { act, aStart, aWorld, idOf, needs, useEngines } from '../../testing/engine.ts';
import { createDatabase } from '../kernel/db/create-database.ts';
import { defaultTenantId } from '../kernel/db/database.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../kernel/embedded-postgres/embedded-postgres.ts';
import { migrate } from '../kernel/migrate/migrate.ts';
import { insertPauses } from './store/pauses.ts';

const folder = mkdtempSync(join(tmpdir(), 'cloudflow-restored-'));
const dataDir = join(folder, 'data');
let server: EmbeddedPostgres;
const engines = useEngines(ownServer);
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function ownServer(): Promise<TestDatabase> {
  await startServer();
  await migrate({ url: server.url, log: silent, progress: () => undefined });
  const database = createDatabase({ url: server.url, poolSize: 5, log: silent });
  return { url: server.url, database, drop: database.close };
}

async function startServer(): Promise<void> {
  server = await startEmbeddedPostgres({ dataDir, log: silent, progress: () => undefined, settings: { fsync: 'off' } });
}

async function withServerStopped(then: () => void): Promise<void> {
  await server.stop();
  then();
  await startServer();
}

const cluster = join(dataDir, 'postgres');
const copy = join(folder, 'copy');

it('what the copy does not have is not gone on with, and what it has goes on from there [F20]', async () => {
  const world = aWorld();
  const [early, late] = [world.hold('early'), world.hold('late')];
  // Under a lease that is renewed often: the lane has nothing to write, and does not find out by itself.
  const engine = await engines.anEngine({ actions: world, exclusive: false, leaseMs: 1_500 });
  const paused = await engines.publish([act('early'), act('last', needs('early'))]);
  const kept = idOf(await engine.start(aStart(paused)));
  await early.reached(1);
  const ofKept = async () => (await engines.eventsOf(kept)).map(({ e }) => e);
  await expect.poll(ofKept).toEqual(['started', 'begun']);
  await withServerStopped(() => execFileSync('cp', ['-a', cluster, copy]));

  const workflow = await engines.publish([act('late'), act('never', needs('late'))]);
  const lost = idOf(await engine.start(aStart(workflow)));
  await late.reached(1);
  const { workflowId } = paused;
  await insertPauses(engines.database, [{ tenantId: defaultTenantId, workflowId }], { by: 'test', reason: null });
  await expect.poll(ofKept).toContain('paused');
  expect((await engines.eventsOf(lost)).length).toBeGreaterThan(0);
  await withServerStopped(() => {
    rmSync(cluster, { recursive: true });
    renameSync(copy, cluster);
  });

  // Under the same key, by whoever has read it from the copy.
  await expect.poll(() => world.callsOf('early').length, { timeout: 20_000 }).toBe(2);
  expect(new Set(world.callsOf('early').map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  late.release();
  early.release();
  expect(await engines.ended(kept)).toMatchObject({ status: 2 });
  expect(world.callsOf('never')).toEqual([]);
  expect(await engines.rows(`select from workflow_executions where id = '${lost}'`)).toEqual([]);
  expect(await engines.eventsOf(lost)).toEqual([]);
  await engines.expectSound();
}, 120_000);
