import type { RunEvent } from '@cloudflow/core/run/event.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../testing/database.ts';
import { sql } from '../sql/sql.ts';
import { type As, defaultTenantId } from './database.ts';

const owner: As = { role: 'owner' };
let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.drop());

let executions = 0;
/** The view's rows of an execution whose journal rows hold these events. */
async function stepsOf(...rows: readonly (readonly RunEvent[])[]) {
  executions += 1;
  const id = `01930000-0000-7000-8000-${String(executions).padStart(12, '0')}`;
  await test.database.transaction(owner, async (tx) => {
    await tx.execute(
      sql`insert into workflow_executions (id, tenant_id, workflow_id, version_id, root_id, shard) values (${id}, ${defaultTenantId}, ${id}, ${id}, ${id}, 1)`,
    );
    for (const [index, events] of rows.entries())
      await tx.execute(
        sql`insert into execution_events (execution_id, seq, data) values (${id}, ${index + 1}, ${JSON.stringify(events)})`,
      );
  });
  return test.database.query(
    { role: 'app', tenantId: defaultTenantId },
    sql`
    select step_id, path, round, status, attempt, extract(epoch from started_at)::int as started, extract(epoch from finished_at)::int as finished, error_code
      from workflow_steps where execution_id = ${id} order by step_id, path, round`,
  );
}

const err = { code: 'http_500', message: 'no' };

it('shows one row per step run, whichever rows of the journal its events are in', async () => {
  const steps = await stepsOf(
    [
      { e: 'started', at: 1_000 },
      { e: 'succeeded', s: 'a', at: 1_000, o: 1 },
      { e: 'begun', s: 'b', at: 2_000 },
      { e: 'retrying', s: 'b', at: 3_000, err, until: 4_000 },
    ],
    [
      { e: 'begun', s: 'b', at: 4_000, a: 2 },
      { e: 'skipped', s: 'c', at: 4_000 },
      { e: 'succeeded', s: 'b', p: 'x', r: 1, at: 5_000 },
    ],
  );
  expect(steps).toEqual([
    { step_id: 'a', path: '', round: 0, status: 'SUCCESS', attempt: null, started: 1, finished: 1, error_code: null },
    { step_id: 'b', path: '', round: 0, status: 'EXECUTING', attempt: 2, started: 2, finished: null, error_code: null },
    { step_id: 'b', path: 'x', round: 1, status: 'SUCCESS', attempt: null, started: 5, finished: 5, error_code: null },
    {
      step_id: 'c',
      path: '',
      round: 0,
      status: 'SKIPPED',
      attempt: null,
      started: null,
      finished: 4,
      error_code: null,
    },
  ]);
});

it('shows the error of a step that failed, and of one that waits for its next try', async () => {
  const steps = await stepsOf(
    [
      { e: 'begun', s: 'a', at: 1_000 },
      { e: 'failed', s: 'a', at: 2_000, err },
    ],
    [
      { e: 'begun', s: 'b', at: 1_000 },
      { e: 'retrying', s: 'b', at: 1_000, err, until: 9_000 },
    ],
  );
  expect(steps).toMatchObject([
    { status: 'FAILED', error_code: 'http_500' },
    { status: 'QUEUED', error_code: 'http_500' },
  ]);
});

it('reads journals that hold U+0000, half surrogates, and texts that only look like their escapes', async () => {
  const odd = ['\0', '\0\0x\0', '\ud800', '\udc00a', '\\u0000', '\\\\u0000', '😀', '\\\0', '\u0001"\\'];
  for (const o of odd)
    expect(await stepsOf([{ e: 'succeeded', s: 'a', at: 1_000, o }])).toMatchObject([
      { step_id: 'a', status: 'SUCCESS' },
    ]);
  const [row] = await test.database.query<{ x: string }>(
    owner,
    sql`select readable_json(${JSON.stringify(['\\u0000', '\\\0\0', 'é\ud800'])}) ->> 1 as x`,
  );
  expect(row?.x).toBe('\\\ufffd\ufffd');
});
