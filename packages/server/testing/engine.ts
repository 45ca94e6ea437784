/** Real engines on a real database, with an outside world that a test scripts step by step. */
import { randomUUID, randomUUIDv7 } from 'node:crypto';
import type { ActionCatalog } from '@cloudflow/core/definition/plan.ts';
import type { JsonObject } from '@cloudflow/core/json.ts';
import type { AttemptOutcome } from '@cloudflow/core/run/contract.ts';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import type { AttemptRequest, AttemptRunner } from '../src/action/index.ts';
import {
  createEngine,
  createReading,
  type EngineDeps,
  type StartRequest,
  type StartResult,
} from '../src/engine/index.ts';
import type { BlobStore } from '../src/kernel/blob/blob-store.ts';
import { createPostgresBlobs } from '../src/kernel/blob/postgres-blobs.ts';
import { systemClock } from '../src/kernel/clock/clock.ts';
import { type Database, defaultTenantId } from '../src/kernel/db/database.ts';
import { silentLog } from '../src/kernel/log/log.ts';
import type { SecretBox } from '../src/kernel/secret/secret-box.ts';
import { createResolver, createWorkflows, type ResolvedWorkflow } from '../src/workflow/index.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { checkAtOneMoment } from './journal-checks.ts';
import { testSecrets } from './secrets.ts';
import { wrongSnapshots } from './snapshot-check.ts';

export type Row = Record<string, unknown>;
export type TestEngine = ReturnType<typeof createEngine>;

/** What a step's action does, told by the step's id. */
export type Deed = (request: AttemptRequest, signal: AbortSignal) => Promise<AttemptOutcome>;

/** Everything outside the engine: what is done for a step, and a memory of what was asked. */
export type World = AttemptRunner & {
  readonly calls: readonly AttemptRequest[];
  on(step: string, deed: Deed): void;
  /** Calls of the step wait until `release`; `reached` resolves when so many have come. */
  hold(step: string): { release(): void; reached(times: number): Promise<void> };
  callsOf(step: string): readonly AttemptRequest[];
};

export type TestEngines = {
  readonly url: string;
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly secrets: SecretBox;
  /** An engine that has begun. `drives: false`: it only accepts. It is drained after the test. */
  anEngine(options?: Partial<EngineDeps> & { readonly drives?: boolean }): Promise<TestEngine>;
  publish(steps: readonly object[], more?: object): Promise<ResolvedWorkflow>;
  rows(text: string): Promise<Row[]>;
  one(text: string): Promise<Row>;
  /** Events of an execution, in order, with their packed rows expanded. */
  eventsOf(executionId: string): Promise<Row[]>;
  /** Until it has ended; its row. */
  ended(executionId: string): Promise<Row>;
  /** Nothing that must never be is in the journal, and snapshots are what it amounts to. */
  expectSound(): Promise<void>;
};

/** A call of the outside world. */
export const act = (id: string, more: object = {}): object => ({ id, type: 'act', config: {}, ...more });
export const nap = (id: string, duration: string | number, more: object = {}): object => ({
  id,
  type: 'wait',
  config: { for: duration },
  ...more,
});
export const needs = (...ids: string[]) => ({ depends_on: ids });

/** An unanswered call: only an abort ends it. */
export const untilAborted: Deed = (_, signal) =>
  new Promise((resolve) => {
    const aborted = { error: { code: 'aborted', message: 'The attempt was stopped.', retryable: false } };
    signal.addEventListener('abort', () => resolve(aborted), { once: true });
    if (signal.aborted) resolve(aborted);
  });

const action = { type: 'act', configSchema: { type: 'object' }, defaultTimeoutMs: 60_000 };
/** What workers of the tenant run. */
const task = { type: 'task', configSchema: true, defaultTimeoutMs: 60_000, byWorker: true };
const catalog: ActionCatalog = {
  find: (type) => [action, task].find((each) => each.type === type),
  types: () => [action.type, task.type],
};

/** Call once at the top of a test file: a database for the file. */
export function useEngines(createDatabase: () => Promise<TestDatabase> = createTestDatabase): TestEngines {
  let test: TestDatabase;
  let sql: pg.Pool;
  let made = 0;
  let secrets: SecretBox;
  const running: TestEngine[] = [];

  beforeAll(async () => {
    test = await createDatabase();
    secrets = testSecrets(test.database);
    sql = new pg.Pool({ connectionString: test.url, max: 1 });
    sql.on('error', () => undefined); // a test may end the server
  }, 120_000); // where that is a server of its own
  afterEach(async () => {
    // One after the other: who leaves gives its shards back first.
    for (const engine of running.splice(0).reverse()) await engine.drain(0);
  });
  afterAll(async () => {
    await sql.end();
    await test.drop();
  });

  const resolver = () =>
    createResolver({ database: test.database, actions: catalog, monotonic: () => performance.now() });
  const rows = async (text: string): Promise<Row[]> => (await sql.query<Row>(text)).rows;
  const one = async (text: string): Promise<Row> => (await rows(text))[0] ?? {};
  const headOf = (id: string) => one(`select * from workflow_executions where id = '${id}'`);

  return {
    get url() {
      return test.url;
    },
    get database() {
      return test.database;
    },
    get blobs() {
      return createPostgresBlobs(test.database);
    },
    rows,
    one,
    get secrets() {
      return secrets;
    },
    async anEngine({ drives = true, ...options } = {}) {
      const { planOf, resolveForStart } = resolver();
      const engine = createEngine({
        database: test.database,
        directUrl: test.url,
        exclusive: true,
        leaseMs: 60_000,
        maxInFlight: 10_000,
        actions: aWorld(),
        resolveForStart,
        planOf,
        blobs: createPostgresBlobs(test.database),
        secrets,
        taskQuietMs: 0,
        readHead: createReading({ database: test.database, planOf, blobs: createPostgresBlobs(test.database), secrets })
          .find,
        clock: systemClock,
        log: silentLog,
        onFatal: (error) => {
          throw error;
        },
        ...options,
      });
      running.push(engine);
      await engine.begin({ drives });
      return engine;
    },
    async publish(steps, more = {}) {
      made += 1;
      const slug = `w-${made}-${randomUUID().slice(0, 8)}`;
      const workflows = createWorkflows({
        operations: { missing: async () => [] },
        database: test.database,
        actions: catalog,
        resolver: resolver(),
        credentials: { missing: async () => [], names: async () => [] },
        newId: randomUUIDv7,
      });
      const document = { workflow_id: slug, version: '1.0.0', steps, ...more } as JsonObject;
      await workflows.publish({ tenantId: defaultTenantId, document, correlationId: 'test', by: randomUUID() });
      return resolver().resolveForStart(defaultTenantId, document['workflow_id'] as string);
    },
    eventsOf: (id) =>
      rows(`select o.event as event from execution_events v,
              json_array_elements(readable_json(v.data)) with ordinality o (event, place)
             where v.execution_id = '${id}' order by v.seq, o.place`).then((found) =>
        found.map(({ event }) => event as Row),
      ),
    ended: (id) =>
      vi.waitFor(
        async () => {
          const head = await headOf(id);
          if (!head['finished_at']) throw new Error(`it has not ended: ${JSON.stringify(head)}`);
          return head;
        },
        { interval: 10, timeout: 10_000 },
      ),
    async expectSound() {
      expect(await checkAtOneMoment(rows)).toEqual({});
      expect(await wrongSnapshots(rows, resolver().planOf)).toEqual([]);
    },
  };
}

export function aStart(workflow: ResolvedWorkflow, more: Partial<StartRequest> = {}): StartRequest {
  return {
    tenantId: defaultTenantId,
    ...workflow,
    input: {},
    trigger: { type: 'api' },
    correlationId: 'test',
    ...more,
  };
}

/** The id of what was started, or of what it repeats. */
export function idOf(result: StartResult): string {
  return result.executionId;
}

/** Answers `{ ok: true }` at once where nothing else is said. */
export function aWorld(): World {
  const calls: AttemptRequest[] = [];
  const deeds = new Map<string, Deed>();
  let running = 0;
  const callsOf = (step: string) => calls.filter(({ key }) => key.s === step);
  return {
    calls,
    callsOf,
    on: (step, deed) => void deeds.set(step, deed),
    hold(step) {
      const gate = Promise.withResolvers<void>();
      const reached: { readonly times: number; readonly tell: () => void }[] = [];
      deeds.set(step, async () => {
        for (const { times, tell } of reached) if (callsOf(step).length >= times) tell();
        await gate.promise;
        return { output: { ok: true } };
      });
      return {
        release: () => gate.resolve(),
        reached: (times) =>
          new Promise((tell) => {
            if (callsOf(step).length >= times) tell();
            else reached.push({ times, tell });
          }),
      };
    },
    async run(request, signal) {
      calls.push(request);
      running += 1;
      const outcome = await (deeds.get(request.key.s)?.(request, signal) ?? Promise.resolve({ output: { ok: true } }));
      running -= 1;
      return outcome;
    },
    get running() {
      return running;
    },
    close: () => Promise.resolve(),
  };
}
