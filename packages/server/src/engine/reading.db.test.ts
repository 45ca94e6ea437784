import { randomUUIDv7 } from 'node:crypto';
import type { Json } from '@cloudflow/core/json.ts';
import type { ExecutionStatus } from '@cloudflow/core/run/event.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts';
import { testSecrets } from '../../testing/secrets.ts';
import { createPostgresBlobs } from '../kernel/blob/postgres-blobs.ts';
import { defaultTenantId } from '../kernel/db/database.ts';
import { sql } from '../kernel/sql/sql.ts';
import { shardOf, uuidV7 } from './execution-id.ts';
import { firstIdAt } from './id-range.ts';
import { createReading, type Reading } from './reading.ts';
import { statusNumber } from './row-codes.ts';

const stranger = randomUUIDv7();
let test: TestDatabase;
let reading: Reading;

beforeAll(async () => {
  test = await createTestDatabase();
  const planOf = () => Promise.reject(new Error('no plan is asked for here'));
  reading = createReading({
    database: test.database,
    planOf,
    blobs: createPostgresBlobs(test.database),
    secrets: testSecrets(test.database),
  });
  await asOwner(sql`insert into tenants (id, slug, name) values (${stranger}, 'stranger', 'Stranger')`);
});
afterAll(() => test?.drop());

const asOwner = (statement: ReturnType<typeof sql>) =>
  test.database.transaction({ role: 'owner' }, (tx) => tx.execute(statement));

async function aWorkflow(tenantId = defaultTenantId): Promise<{ workflowId: string; versionId: string }> {
  const workflowId = randomUUIDv7();
  const versionId = randomUUIDv7();
  await asOwner(
    sql`insert into workflows (id, tenant_id, slug) values (${workflowId}, ${tenantId}, ${`w-${workflowId}`})`,
  );
  await asOwner(sql`
    insert into workflow_versions (id, tenant_id, workflow_id, version, definition, digest)
    values (${versionId}, ${tenantId}, ${workflowId}, '1.0.0', '{}', ${Buffer.alloc(32)})`);
  return { workflowId, versionId };
}

type Given = { workflowId: string; versionId: string; status?: ExecutionStatus; at?: number; tenantId?: string };
async function anExecution({
  workflowId,
  versionId,
  status = 'RUNNING',
  at = Date.now(),
  tenantId = defaultTenantId,
}: Given) {
  const id = uuidV7(at);
  await asOwner(sql`
    insert into workflow_executions (id, tenant_id, workflow_id, version_id, root_id, shard, status, created_at, labels)
    values (${id}, ${tenantId}, ${workflowId}, ${versionId}, ${id}, ${shardOf(id)}, ${statusNumber(status, null)}, ${new Date(at)}, '{"a":"b"}')`);
  return id;
}

async function journal(id: string, ...rows: readonly (readonly Json[])[]): Promise<void> {
  for (const [at, events] of rows.entries())
    await asOwner(
      sql`insert into execution_events (execution_id, seq, data) values (${id}, ${at + 1}, ${JSON.stringify(events)})`,
    );
}

it('reads a head with its words, and not that of another tenant [Z6 S038]', async () => {
  const workflow = await aWorkflow();
  const id = await anExecution({ ...workflow, status: 'CANCELLED' });
  expect(await reading.head(defaultTenantId, id)).toMatchObject({
    id,
    slug: `w-${workflow.workflowId}`,
    version: '1.0.0',
    status: 'CANCELLED',
    labels: { a: 'b' },
    inputText: 'null',
    outputText: null,
    startedAt: null,
    seq: 0,
  });
  expect(await reading.find(stranger, id)).toBeUndefined();
  await expect(reading.events(stranger, id, { seq: 0, place: 0 }, 10)).rejects.toMatchObject({ code: 'not_found' });
});

it('lists newest first by workflow, status and time, of one tenant only', async () => {
  const workflow = await aWorkflow();
  const start = Date.now() - 10_000;
  const ids: string[] = [];
  for (const [n, status] of (['COMPLETED', 'FAILED', 'RUNNING', 'COMPLETED'] as const).entries())
    ids.push(await anExecution({ ...workflow, status, at: start + n * 1_000 }));
  await anExecution({ ...(await aWorkflow(stranger)), tenantId: stranger });

  const { workflowId } = workflow;
  const listed = async (filter: object, limit = 10) =>
    (await reading.list(defaultTenantId, { workflowIds: [workflowId], ...filter }, limit)).map(({ id }) =>
      ids.indexOf(id),
    );
  expect(await listed({})).toEqual([3, 2, 1, 0]);
  expect(await listed({ statuses: ['COMPLETED', 'RUNNING'] })).toEqual([3, 2, 0]);
  expect(await listed({ from: firstIdAt(start + 1_000), before: firstIdAt(start + 3_000) })).toEqual([2, 1]);
  expect(await listed({ before: ids[2] })).toEqual([1, 0]);
  expect(await listed({}, 1)).toEqual([3]);
  const other = await aWorkflow();
  ids.push(await anExecution({ ...other, at: start + 1_500 }));
  expect(await listed({ workflowIds: [workflowId, other.workflowId] })).toEqual([3, 2, 4, 1, 0]);
  expect(await listed({ workflowIds: [] })).toEqual([]);
  expect(await reading.latest(defaultTenantId, workflowId)).toMatchObject({ id: ids[3] });
  expect(await reading.list(stranger, { workflowIds: [workflowId] }, 10)).toEqual([]);
});

it('pages through a journal without loss, whatever is small: pages, rows, or the memory for them', async () => {
  const id = await anExecution(await aWorkflow());
  const large = 'x'.repeat(3_000_000);
  const event = (at: number, o: Json = null) => ({ e: 'succeeded', s: 'a', at, o });
  await journal(id, [event(1), event(2)], [event(3, large)], [event(4, large)], [event(5, large)], [event(6)]);

  for (const limit of [1, 2, 50]) {
    const seen: (string | null)[] = [];
    for (let from = { seq: 0, place: 0 }; ; ) {
      const { events, next } = await reading.events(defaultTenantId, id, from, limit);
      seen.push(...events.map(({ at }) => at));
      if (!next) break;
      from = next;
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6].map((at) => new Date(at).toISOString()));
  }
});
