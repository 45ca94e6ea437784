import { describe, expect, it, vi } from 'vitest';
import { act, aStart, aWorld, nap, type TestEngine, useEngines } from '../../../testing/engine.ts';
import { systemClock } from '../../kernel/clock/clock.ts';
import { defaultTenantId as tenantId } from '../../kernel/db/database.ts';
import { problem } from '../../kernel/errors/problem.ts';
import { silentLog } from '../../kernel/log/log.ts';
import type { AskedRetry, Retries } from '../retry-execution.ts';
import { readOperation } from '../store/operations.ts';
import { createMakeOperation } from './make-operation.ts';
import type { OperationRequest } from './operation.ts';
import { createOperationStore, type OperationStore } from './operation-store.ts';
import { createOperationWorker, type OperationWorker } from './worker.ts';

const engines = useEngines();
const noRetries: Pick<Retries, 'retry'> = { retry: () => Promise.reject(new Error('nothing is retried here')) };

/** Names of workflows are their ids here. */
function make(request: OperationRequest, key?: string) {
  const workflows = {
    idsOf: (_: string, id: string) => Promise.resolve([id]),
    resolveForStart: () => Promise.reject(new Error('nothing is started here')),
    planOf: () => Promise.reject(new Error('no plan is asked for here')),
  };
  const makeOperation = createMakeOperation({ database: engines.database, workflows, clock: systemClock });
  return makeOperation({ tenantId, by: 'api_key:ann', request, key, correlationId: 'test' });
}

const look = (id: string) => readOperation(engines.database, tenantId, id);
const finished = (id: string) =>
  vi.waitFor(
    async () => {
      const operation = await look(id);
      if (!operation?.finishedAt) throw new Error(`not over: ${JSON.stringify(operation)}`);
      return operation;
    },
    { interval: 20, timeout: 10_000 },
  );

function aWorker(store: OperationStore, retries = noRetries): OperationWorker {
  const worker = createOperationWorker({ store, retries, log: silentLog, lookEveryMs: 20 });
  worker.begin();
  return worker;
}

async function some(engine: TestEngine, count: number, steps: readonly object[]) {
  const workflow = await engines.publish(steps);
  const begun = await engine.startAll(Array.from({ length: count }, () => aStart(workflow)));
  if (begun.kind !== 'started') throw new Error(begun.kind);
  return { ids: begun.executionIds, workflow, filter: { workflow_id: workflow.workflowId } };
}

describe('an operation that commands', () => {
  it('goes on where it was when a process died between two pages, and two processes share it', async () => {
    const engine = await engines.anEngine();
    const { ids, filter } = await some(engine, 1_200, [nap('nap', '1h')]);
    const { id } = await make({ action: 'cancel', filter, reason: 'wrong prices' });

    // The first process does one page, takes the operation again, and is never heard of any more.
    const first: OperationStore = createOperationStore(engines.database);
    aWorker({ ...first, leave: () => new Promise<void>(() => undefined), take: onceThenDie(first) });
    await vi.waitFor(
      async () =>
        expect(
          await engines.one(`select done, matched, worker_until > clock_timestamp() as held from operations`),
        ).toEqual({ done: 500, matched: 1_200, held: true }),
      { timeout: 10_000, interval: 10 },
    );
    await engines.rows(`update operations set worker_until = now()`);

    const workers = [1, 2].map(() => aWorker(createOperationStore(engines.database)));
    expect(await finished(id)).toMatchObject({ status: 'COMPLETED', matched: 1_200, done: 1_200, failed: 0 });
    for (const worker of workers) await worker.stop();
    await vi.waitFor(
      async () =>
        expect(await engines.one(`select count(*)::int as n from workflow_executions where status = 4`)).toMatchObject({
          n: 1_200,
        }),
      { timeout: 20_000, interval: 100 },
    );
    const events = await engines.eventsOf(ids[700] ?? '');
    expect(events.filter(({ by }) => by === 'api_key:ann')).toMatchObject([{ reason: 'wrong prices' }]);
    await engines.expectSound();
  });

  it('sends nothing for a page that another process has taken over, or that was cancelled', async () => {
    const engine = await engines.anEngine({ drives: false });
    const { ids, filter } = await some(engine, 1, [nap('nap', '1h')]);
    const [target = ''] = ids;
    const { id } = await make({ action: 'pause', filter });
    const [late, other] = [createOperationStore(engines.database), createOperationStore(engines.database)];
    const taken = await late.take(0);
    if (taken === undefined) throw new Error('not taken');
    expect(await other.take(60_000)).toMatchObject({ id });
    const page = { taken, kind: 'pause', payload: '{}', ids: [target] } as const;
    expect(await late.sendCommands(page)).toBe(false);
    await engines.rows(`update operations set status = 'CANCELLED', finished_at = now() where id = '${id}'`);
    expect(await other.sendCommands(page)).toBe(false);
    expect(await engines.rows(`select from execution_inbox where execution_id = '${target}'`)).toEqual([]);
    expect(await look(id)).toMatchObject({ done: 0, status: 'CANCELLED' });
  });

  it('does not touch what was started after it, nor what has ended, and says what ended under its hands', async () => {
    const engine = await engines.anEngine({ drives: false });
    const { ids, workflow, filter } = await some(engine, 3, [nap('nap', '1h')]);
    await engines.rows(`update workflow_executions set status = 2, finished_at = now() where id = '${ids[0]}'`);
    const { id } = await make({ action: 'cancel', filter });
    await engine.startAll([aStart(workflow)]);
    const store: OperationStore = createOperationStore(engines.database);
    const worker = aWorker({
      ...store,
      async sendCommands(page) {
        await engines.rows(`update workflow_executions set status = 2, finished_at = now() where id = '${ids[1]}'`);
        return store.sendCommands(page);
      },
    });
    expect(await finished(id)).toMatchObject({
      status: 'COMPLETED',
      done: 1,
      failed: 1,
      matched: 2,
      errors: [{ execution_id: ids[1], code: 'execution_ended' }],
    });
    await worker.stop();
    expect(await engines.rows(`select execution_id as id from execution_inbox`)).toEqual([{ id: ids[2] }]);
  });
});

describe('an operation that retries', () => {
  it('asks for each under the same key when a page is done again, and notes what is refused', async () => {
    const world = aWorld();
    world.on('a', () => Promise.resolve({ error: { code: 'no', message: 'No.', retryable: false } }));
    const engine = await engines.anEngine({ actions: world });
    const { ids, filter } = await some(engine, 3, [act('a')]);
    for (const id of ids) expect(await engines.ended(id)).toMatchObject({ status: 3 });
    const { id } = await make({ action: 'retry', filter, version: 'latest' });
    const asked: AskedRetry[] = [];
    const worker = aWorker(createOperationStore(engines.database), {
      retry(one) {
        asked.push(one);
        if (asked.length === 2) return Promise.reject(problem('overloaded', { retryAfter: 1 }));
        if (one.executionId === ids[2]) return Promise.reject(problem('already_compensated'));
        return Promise.resolve({ kind: 'started', executionId: 'new', status: 'PENDING', finished: null });
      },
    });
    expect(await finished(id)).toMatchObject({
      matched: 3,
      done: 2,
      failed: 1,
      errors: [{ execution_id: ids[2], code: 'already_compensated' }],
    });
    await worker.stop();
    expect(asked.length).toBeGreaterThan(3);
    expect(new Set(asked.map(({ key }) => key))).toEqual(new Set(ids.map((each) => `operation:${id}:${each}`)));
    expect(asked[0]?.body).toEqual({ from: 'failed', version: 'latest' });
  });
});

it('one key makes one operation, however many ask at once', async () => {
  const request: OperationRequest = { action: 'pause', filter: { business_key: 'none' } };
  const made = await Promise.all(Array.from({ length: 5 }, () => make(request, 'once')));
  expect(new Set(made.map(({ id }) => id)).size).toBe(1);
  expect(made.filter(({ replayed }) => !replayed)).toHaveLength(1);
  await expect(make({ ...request, action: 'resume' }, 'once')).rejects.toMatchObject({
    code: 'idempotency_key_reused',
  });
});

/** Takes twice: the second time its process is gone, and the operation with it. */
function onceThenDie(store: OperationStore): OperationStore['take'] {
  let times = 0;
  return async (holdMs) => {
    times += 1;
    if (times > 2) return new Promise<never>(() => undefined);
    const taken = await store.take(holdMs);
    return times === 1 ? taken : new Promise<never>(() => undefined);
  };
}
