/** Plans of every statement that runs all the time, on empty, young and large tables: none may read a large table through. */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../testing/database.ts';
import { aStart, aStep, ended, running } from '../../../testing/journal.ts';
import type { As, Database } from '../../kernel/db/database.ts';
import type { Sql } from '../../kernel/sql/sql.ts';
import { createSegments } from '../compaction/segments.ts';
import { uuidV7 } from '../execution-id.ts';
import type { JournalEntry } from '../journal/entry.ts';
import { createEngineStore } from './engine-store.ts';
import { createFlushWriter } from './flush.ts';
import { readHeadLeaves } from './head-leaves.ts';
import { prepareSession } from './lane-session.ts';
import { readKeyHolders, recallFlush } from './recall-flush.ts';
import { countTasks, lapseTasks } from './task-chores.ts';

const refuse = () => Promise.reject(new Error('there are none'));
const noValues = {
  values: {
    text: refuse,
    column: (_: object, text: string) => Promise.resolve(text),
    events: () => Promise.resolve([]),
    records: () => Promise.resolve([]),
  },
  segments: createSegments({ get: refuse }),
};

let test: TestDatabase;
/** The tables that must not be read through. */
let large: ReadonlySet<string>;
const noId = '00000000-0000-0000-0000-000000000000';
const queues = [1, 2, 3, 4, 5].map((priority) => ({ tenant: randomUUID(), priority, after: noId }));
const allShards = Array.from({ length: 256 }, (_, shard) => shard);

describe.each([0, 1_000, 200_000])('with %i stored events', (events) => {
  beforeAll(async () => {
    test = await createTestDatabase();
    await fill(events);
  }, 60_000);
  afterAll(() => test.drop());

  it('has tables that are large enough for the planner to take the shortest way', () => {
    expect([...large].some((table) => table.startsWith('execution_events_'))).toBe(events > 1_000);
  });

  it('plans each shape of a flush without reading a table through [E33 F25]', async () => {
    const session = await test.database.connectDirect('lane');
    await prepareSession(session, 10_000);
    const leaves = await readHeadLeaves(session);
    const epochs = allShards.map(() => -1n);
    const base = { flushId: uuidV7(Date.now()), owner: randomUUID(), lane: randomUUID(), n: 1n, epochs };
    for (const entries of shapes()) {
      const plan = explaining(session);
      await createFlushWriter().write(plan.client, { ...base, entries }, leaves);
      expect(scansOf(plan.plans)).toEqual([]);
      expect(plan.plans.length).toBe(1);
    }
    const plan = explaining(session);
    await recallFlush(plan.client, base.flushId);
    await readKeyHolders(plan.client, [{ tenantId: randomUUID(), key: 'k', hash: Buffer.alloc(32) }]);
    expect(scansOf(plan.plans)).toEqual([]);
    await session.end();
  });

  it('plans what the engine reads without reading a table through [F25]', async () => {
    const plans: Plan[] = [];
    const store = createEngineStore(explainingDatabase(plans), noValues);
    const id = uuidV7(Date.now());
    await store.loadExecution(id);
    await store.unfinished(allShards, null, 500);
    await store.unfinished([1, 2, 3], id, 500);
    await store.tenantsWithStarts(noId, 50);
    await store.startsOf(queues, { shards: allShards, known: [id], each: 500 });
    await store.gateEntries(id);
    await store.standingGates(allShards);
    await store.inboxOf(allShards, 1_000);
    await store.dueTimers(allShards, Date.now(), null, 10_000);
    await store.dueTimers(allShards, Date.now(), { due: 1, executionId: id, timer: 1 }, 10_000);
    await store.writtenUpTo([id]);
    await store.pausesSince(0n);
    await store.unfinishedOf(
      [1, 2, 3],
      { tenantId: randomUUID(), workflowId: randomUUID() },
      { after: id, limit: 500 },
    );
    await store.insertCommand({ tenantId: randomUUID(), executionId: id, kind: 'cancel', payload: '{}' });
    await store.insertSignal({ tenantId: randomUUID(), executionId: id, payload: '{}' });
    await lapseTasks(explainingDatabase(plans));
    await countTasks(explainingDatabase(plans));
    expect(plans.length).toBeGreaterThanOrEqual(8);
    expect(scansOf(plans).filter((table) => large.has(table))).toEqual([]);
  });

  if (events > 1_000) {
    it('looks for pending starts without touching what runs, and pages through what has not ended without sorting it', async () => {
      const store = createEngineStore(test.database, noValues);
      const [pending, page] = [[] as Plan[], [] as Plan[]];
      const looking = createEngineStore(explainingDatabase(pending, 'analyze, '), noValues);
      await looking.tenantsWithStarts(noId, 50);
      await looking.startsOf(queues, { shards: allShards, known: [], each: 500 });
      await createEngineStore(explainingDatabase(page, 'analyze, '), noValues).unfinished(allShards, null, 500);
      expect(rowsRead(pending)).toBeLessThan(50);
      expect(rowsRead(page)).toBeLessThan(5_000);
      const seen = new Set<string>();
      let after: string | null = null;
      for (;;) {
        const rows: readonly { id: string }[] = await store.unfinished(allShards, after, 3_000);
        for (const { id } of rows) seen.add(id);
        after = rows.at(-1)?.id ?? null;
        if (rows.length < 3_000) break;
      }
      expect(seen.size).toBe(events / 5 / 10);
    });
  }
});

/** Every combination of parts that the engine's rules can bring about. */
function shapes(): JournalEntry[][] {
  const start = aStart();
  const folded = aStart({ head: ended });
  const step = aStep(start);
  const head = aStep(start, { head: running });
  const wait = aStep(start, { head: running, armed: [{ timer: 1, due: Date.now() }] });
  const wake = aStep(start, { head: running, disarmed: [1] });
  const heard = aStep(start, { head: running, consumed: ['1'] });
  const end = aStep(start, { head: ended, allTimersOff: true });
  const discard = aStep(start, { row: null, consumed: ['1', '2'] });
  const child = aStart();
  const told = aStep(start, { head: running, sent: [{ to: start.executionId, toShard: 1, kind: 'x', payload: '{}' }] });
  const calls = aStep(start, {
    children: [{ executionId: child.executionId, shard: child.shard, start: child.start! }],
  });
  const task = {
    name: '/charge#1',
    tenantId: randomUUID(),
    offeredAt: Date.now(),
    timeoutMs: 1,
    attempt: 1,
    priority: 3,
    atMostOnce: false,
    type: 'x',
    path: 'charge',
    workflow: 'w',
    idempotencyKey: 'k',
    correlationId: 'c',
    input: '{}',
  };
  const offers = aStep(start, { head: running, tasks: [task] });
  const withdraws = aStep(start, { head: running, withdrawn: [{ name: task.name, how: 'end' }] });
  const entry = { execution: start.executionId, run: '', since: Date.now(), priority: 3, limit: 1, held: true };
  const place = {
    gateId: start.executionId,
    tenantId: randomUUID(),
    holder: { execution: start.executionId, run: '' },
  };
  const takesPlace = { ...aStart({ head: running }), gates: [{ ...place, entry }] };
  const waitsForPlace = aStep(start, { head: running, gates: [{ ...place, entry: { ...entry, held: false } }] });
  const leavesPlace = aStep(start, { head: ended, allTimersOff: true, gates: [{ ...place, entry: null }] });
  const gate = aStep(start, {
    row: null,
    consumed: ['1'],
    sent: told.sent,
    gates: [...waitsForPlace.gates, ...leavesPlace.gates],
  });
  const months = Array.from({ length: 5 }, (_, n) =>
    aStep(aStart({ at: Date.now() + n * 31 * 86_400_000 }), { head: ended }),
  );
  const keyed = aStart({ key: 'k' });
  return [
    [start],
    [folded],
    [keyed],
    [step],
    [head],
    [wait],
    [wake],
    [heard],
    [end],
    [discard],
    [told],
    [calls],
    [offers],
    [withdraws],
    months.slice(0, 2),
    months,
    [takesPlace],
    [waitsForPlace],
    [leavesPlace],
    [gate],
    [start, step],
    [start, step, end],
    [keyed, folded, step, wait, wake, heard, end, discard, told, calls, offers, withdraws, gate],
  ];
}

type Plan = {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly Plan[];
  readonly [more: string]: unknown;
};

function scansOf(plans: readonly Plan[]): string[] {
  return plans.flatMap((plan) => [
    ...(plan['Node Type'] === 'Seq Scan' ? [`${plan['Relation Name']}`] : []),
    ...scansOf(plan.Plans ?? []),
  ]);
}

/** Rows that the leaves of the plans gave, and those that they read in vain. */
function rowsRead(plans: readonly Plan[]): number {
  let sum = 0;
  for (const plan of plans) {
    const loops = Number(plan['Actual Loops'] ?? 0);
    if (plan['Relation Name'] !== undefined)
      sum += loops * (Number(plan['Actual Rows'] ?? 0) + Number(plan['Rows Removed by Filter'] ?? 0));
    sum += rowsRead(plan.Plans ?? []);
  }
  return sum;
}

/** A session whose statements are explained as the prepared ones that they are, and not run. */
function explaining(session: pg.Client): { client: pg.Client; plans: Plan[] } {
  const plans: Plan[] = [];
  const query = async ({ text }: { text: string }) => {
    const { rows } = await session.query(`explain (generic_plan, format json) ${text}`);
    plans.push(rows[0]['QUERY PLAN'][0].Plan);
    return { rows: [{ held: null, replayed: null, refs: '', place: 1, id: '', same: true }] };
  };
  return { client: { query } as unknown as pg.Client, plans };
}

/** A database whose statements are explained with their values, as unnamed statements are planned. */
function explainingDatabase(plans: Plan[], options = ''): Database {
  const explain = async (as: As, query: Sql) => {
    const text = `explain (${options}format json) ${query.text}`;
    const rows = await test.database.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(as, { ...query, text });
    plans.push(...rows.map((row) => row['QUERY PLAN'][0].Plan));
    return [];
  };
  return {
    ...test.database,
    async query<T>(as: As, query: Sql) {
      await explain(as, query);
      return (query.text.includes('from workflow_executions where id =') ? [aStoredRow] : []) as T[];
    },
    transaction: (as, work) =>
      work({
        rows: () => Promise.resolve([]),
        row: async <T>(query: Sql) => (await explain(as, query))[0] as T | undefined,
        execute: () => Promise.resolve(0),
      }),
  };
}
const aStoredRow = {
  createdAt: new Date(),
  finishedAt: null,
  status: 1,
  waitReason: null,
  phase: null,
  keptSignals: null,
};

/** One in ten executions has not ended, and of those one in a hundred waits for a timer. */
async function fill(events: number): Promise<void> {
  const sql = await test.database.connectDirect('filling', { role: 'owner', queryTimeoutMs: 60_000 });
  const executions = events / 5;
  const time = `lpad(to_hex(${Date.now()}::bigint - n), 12, '0')`;
  const id = `(${time} || '7' || lpad(to_hex(n % 4096), 3, '0') || 'b' || substr(md5(n::text), 1, 13) || lpad(to_hex(n % 256), 2, '0'))::uuid`;
  await sql.query(`
    insert into workflow_executions (id, tenant_id, workflow_id, version_id, root_id, shard, status, finished_at, wait_reason)
    select ${id}, '${randomUUID()}', '${randomUUID()}', '${randomUUID()}', ${id}, n % 256, case when n % 10 = 0 then 1 else 2 end,
           case when n % 10 = 0 then null else now() end, case when n % 1000 = 0 then 3 end
      from generate_series(1, ${executions}) n`);
  await sql.query(
    `insert into execution_events (execution_id, seq, data) select ${id}, s, '[]' from generate_series(1, ${executions}) n, generate_series(1, 5) s`,
  );
  await sql.query(
    `insert into execution_timers (execution_id, timer, shard, due) select ${id}, 1, n % 256, now() + n * interval '1 second' from generate_series(1000, ${executions}, 1000) n`,
  );
  await sql.query(
    `insert into execution_keys (tenant_id, key, execution_id, hash) select '${randomUUID()}', n::text, ${id}, '' from generate_series(1, ${executions}) n`,
  );
  await sql.query('analyze');
  const { rows } = await sql.query<{ name: string }>(
    `select relname as name from pg_class where relkind = 'r' and reltuples > 1000`,
  );
  large = new Set(rows.map(({ name }) => name));
  await sql.end();
}
