/** For tests of the journal: entries, lanes that own all shards, and a look at what was written. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { shardOf, uuidV7 } from '../src/engine/execution-id.ts';
import {
  type CommitResult,
  type HeadUpdate,
  type JournalEntry,
  nothingSent,
  type StartRow,
} from '../src/engine/journal/entry.ts';
import { createLane, type Lane, type LaneDeps } from '../src/engine/journal/lane.ts';
import { createServerHistory, type ServerHistory } from '../src/engine/ownership/server-history.ts';
import { makePartitions } from '../src/engine/store/make-partitions.ts';
import { systemClock } from '../src/kernel/clock/clock.ts';
import { silentLog } from '../src/kernel/log/log.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export type Row = Record<string, unknown>;

export type TestLane = {
  readonly lane: Lane;
  readonly owner: string;
  readonly epochs: Map<number, bigint>;
  readonly history: ServerHistory;
  /** Resolves when all of them are settled, in their order. */
  submit(...entries: JournalEntry[]): Promise<CommitResult[]>;
  /** What the lane finds when it looks. */
  readonly queue: JournalEntry[];
  readonly taken: readonly JournalEntry[];
};

export type TestJournal = {
  readonly test: TestDatabase;
  /** A lane that owns all shards. `owner: 'same'`: those that the lane before it took, as a second lane of its process. */
  aLane(options?: Partial<LaneDeps>): Promise<TestLane>;
  /** Another session, as the superuser. */
  connect(): Promise<pg.Client>;
  rows(text: string): Promise<Row[]>;
  one(text: string): Promise<Row>;
  /** The numbers of the journal rows. */
  eventsOf(entry: JournalEntry): Promise<unknown[]>;
  takeFromOutside(shard: number): Promise<void>;
  /** Until so many sessions wait for a lock. */
  lockWaits(count: number): Promise<void>;
  /** Runs after the test, whatever came of it. */
  afterwards(end: () => Promise<unknown>): void;
};

/** Call once at the top of a test file: a database for the file, empty for each test. */
export function useJournal(): TestJournal {
  let test: TestDatabase;
  let sql: pg.Client;
  const open: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    test = await createTestDatabase();
    sql = new pg.Client({ connectionString: test.url });
    await sql.connect();
  });
  afterAll(async () => {
    await sql.end();
    await test.drop();
  });
  beforeEach(async () => {
    await sql.query(`truncate workflow_executions, execution_events, execution_keys, execution_inbox, execution_timers,
      engine_commits, engine_members`);
    await sql.query(`update shards set owner = null, lease_until = 'epoch'`);
  });
  afterEach(async () => {
    for (const end of open.splice(0).reverse()) await end();
  });

  const rows = async (text: string): Promise<Row[]> => (await sql.query<Row>(text)).rows;
  const one = async (text: string): Promise<Row> => (await rows(text))[0] ?? {};

  async function ownedBy(owner: string): Promise<Map<number, bigint>> {
    await sql.query(
      `update shards set owner = $1, epoch = nextval('shard_epochs') where owner is distinct from $1::uuid`,
      [owner],
    );
    const owned = await rows('select shard, epoch::text from shards');
    return new Map(owned.map(({ shard, epoch }) => [shard as number, BigInt(epoch as string)]));
  }

  return {
    get test() {
      return test;
    },
    rows,
    one,
    async aLane(options = {}) {
      const isSame = options.owner === 'same';
      const owner = isSame ? ((await one('select owner from shards limit 1'))['owner'] as string) : randomUUID();
      const epochs = await ownedBy(owner);
      const queue: JournalEntry[] = [];
      const taken: JournalEntry[] = [];
      const waiting = new Map<JournalEntry, (result: CommitResult) => void>();
      const history = createServerHistory({
        log: silentLog,
        onChanged() {
          epochs.clear();
          lane.startOver();
        },
      });
      const lane = createLane({
        connect: () => test.database.connectDirect('lane'),
        epochOf: (shard) => epochs.get(shard),
        source: {
          take(limit) {
            const batch = queue.splice(0, limit);
            taken.push(...batch);
            return batch;
          },
          settled: (entry, result) => waiting.get(entry)?.(result),
        },
        makePartitions: (ids) => makePartitions(test.database, ids),
        onFencedCommit: () => undefined,
        history,
        clock: systemClock,
        log: silentLog,
        ...options,
        owner,
      });
      open.push(() => lane.close());
      const submit: TestLane['submit'] = (...entries) => {
        const results = entries.map((entry) => new Promise<CommitResult>((settle) => waiting.set(entry, settle)));
        queue.push(...entries);
        lane.wake();
        return Promise.all(results);
      };
      return { lane, owner, epochs, history, submit, queue, taken };
    },
    async connect() {
      const client = new pg.Client({ connectionString: test.url });
      await client.connect();
      client.on('error', () => undefined); // a test may end it from the other side
      open.push(() => client.end());
      return client;
    },
    eventsOf: async ({ executionId }) =>
      (await rows(`select seq from execution_events where execution_id = '${executionId}' order by seq`)).map(
        ({ seq }) => seq,
      ),
    async takeFromOutside(shard) {
      await rows(
        `update shards set owner = gen_random_uuid(), epoch = nextval('shard_epochs') where shard = ${shard} returning 1`,
      );
    },
    async lockWaits(count) {
      const waits = `select count(*)::int as n from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`;
      await expect.poll(() => one(waits), { interval: 5, timeout: 5_000 }).toEqual({ n: count });
    },
    afterwards: (end) => void open.push(end),
  };
}

export const running: HeadUpdate = {
  status: 'RUNNING',
  waitReason: null,
  phase: null,
  keptSignals: 0,
  seq: 1,
  output: null,
  error: null,
  startedAt: 1_800_000_000_000,
  finishedAt: null,
};
export const ended: HeadUpdate = {
  ...running,
  status: 'COMPLETED',
  seq: 2,
  output: '{"ok":true}',
  finishedAt: 1_800_000_000_500,
};

export type StartOptions = {
  readonly key?: string;
  readonly hash?: Buffer;
  readonly tenantId?: string;
  readonly at?: number;
  readonly head?: HeadUpdate | null;
  readonly row?: JournalEntry['row'];
  readonly facts?: Partial<StartRow>;
};

const tenant = randomUUID();
let lastShard = 0;

/** A start, each in another shard than the one before. */
export function aStart(options: StartOptions = {}): JournalEntry {
  const { key, hash = Buffer.alloc(32, 1), tenantId = tenant, at = Date.now(), head = running } = options;
  lastShard = (lastShard + 1) % 256;
  const executionId = uuidV7(at, lastShard);
  const start: StartRow = {
    tenantId,
    workflowId: randomUUID(),
    versionId: randomUUID(),
    priority: 3,
    input: '{"n":1}',
    labels: '{"team":"a"}',
    businessKey: null,
    trigger: '{"type":"api"}',
    parentId: null,
    rootId: executionId,
    retryOf: null,
    generation: 0,
    createdAt: at,
    idempotency: key === undefined ? null : { key, hash },
    ...options.facts,
  };
  const entry = { executionId, shard: shardOf(executionId), start, row: options.row ?? { seq: 1, data: '[1]' }, head };
  return { ...entry, armed: [], disarmed: [], allTimersOff: false, consumed: [], ...nothingSent };
}

/** The second journal row of an execution, or an entry with what is named. */
export function aStep({ executionId, shard }: JournalEntry, net: Partial<JournalEntry> = {}): JournalEntry {
  const nothing = {
    start: null,
    head: null,
    armed: [],
    disarmed: [],
    allTimersOff: false,
    consumed: [],
    ...nothingSent,
  };
  return { executionId, shard, ...nothing, row: { seq: 2, data: '[2]' }, ...net };
}
