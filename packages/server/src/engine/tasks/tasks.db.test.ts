/** Tries that workers run: who may take one, who may answer it, and what becomes of those that nobody answers. */
import { afterEach, describe, expect, it } from 'vitest';
import { act, aStart, aWorld, idOf, needs, type TestEngine, useEngines } from '../../../testing/engine.ts';
import { defaultTenantId as tenantId } from '../../kernel/db/database.ts';
import type { Task } from './tasks.ts';

const engines = useEngines();
afterEach(() => engines.expectSound());

const charge = (more: object = {}) => ({
  id: 'charge',
  type: 'task',
  config: { amount: 7 },
  retry: { max_attempts: 1 },
  ...more,
});
const never = new AbortController().signal;

type Of = { readonly worker?: string; readonly limit?: number; readonly leaseMs?: number; readonly waitMs?: number };
const claim = ({ tasks }: TestEngine, { worker = 'w1', limit = 1, leaseMs = 60_000, waitMs = 10_000 }: Of = {}) =>
  tasks.claim({ tenantId, worker, types: ['nothing', 'task'], limit, leaseMs }, waitMs, never);
const one = async (engine: TestEngine, of: Of = {}): Promise<Task> => {
  const [task] = await claim(engine, of);
  if (task === undefined) throw new Error('there was no task');
  return task;
};
const headOf = (id: string) => engines.one(`select status, wait_reason from workflow_executions where id = '${id}'`);
const WORKER = 11;
const kindsOf = async (id: string) => (await engines.eventsOf(id)).map(({ event, e }) => (event ?? e) as unknown);

async function started(steps: readonly object[] = [charge()], more: object = {}) {
  const engine = await engines.anEngine();
  const id = idOf(await engine.start(aStart(await engines.publish(steps, more))));
  return { engine, id };
}

describe('a task', () => {
  it('waits under its name, is taken, and answered; the execution goes on with the answer', async () => {
    const world = aWorld();
    const engine = await engines.anEngine({ actions: world });
    const workflow = await engines.publish([charge(), act('then', needs('charge'))]);
    const id = idOf(await engine.start(aStart(workflow)));
    await expect.poll(() => headOf(id)).toEqual({ status: 1, wait_reason: WORKER });
    await expect.poll(() => engine.inFlight()).toBe(0);
    const task = await one(engine);
    expect(task).toMatchObject({ type: 'task', config: { amount: 7 }, attempt: 1, idempotencyKey: `${id}/charge/0/0` });
    await expect.poll(() => headOf(id)).toEqual({ status: 1, wait_reason: null });
    await engine.tasks.complete(tenantId, task, { paid: true });
    expect(await engines.ended(id)).toMatchObject({ status: 2 });
    expect(world.callsOf('then')).toHaveLength(1);
  });

  it("is one worker's, however many ask at once", async () => {
    const engine = await engines.anEngine();
    const workflow = await engines.publish([charge()]);
    const ids = await Promise.all(Array.from({ length: 60 }, () => engine.start(aStart(workflow)).then(idOf)));
    const taken: Task[] = [];
    const worker = async (name: string) => {
      while (taken.length < ids.length) {
        const found = await claim(engine, { worker: name, limit: 7, waitMs: 300 });
        taken.push(...found);
        await Promise.all(found.map((task) => engine.tasks.complete(tenantId, task, null)));
      }
    };
    await Promise.all(['a', 'b', 'c', 'd'].map(worker));
    expect(new Set(taken.map(({ executionId }) => executionId)).size).toBe(ids.length);
    expect(taken).toHaveLength(ids.length);
    for (const id of ids) expect(await engines.ended(id)).toMatchObject({ status: 2 });
  });

  it('is handed to a worker that waits for it, and to none that has gone', async () => {
    const engine = await engines.anEngine();
    const gone = new AbortController();
    const wanted = { tenantId, worker: 'gone', types: ['task'], limit: 1, leaseMs: 60_000 };
    const left = engine.tasks.claim(wanted, 10_000, gone.signal);
    const waiting = claim(engine);
    gone.abort();
    expect(await left).toEqual([]);
    const id = idOf(await engine.start(aStart(await engines.publish([charge()]))));
    const [task] = await waiting;
    expect(task?.executionId).toBe(id);
    await engine.tasks.complete(tenantId, task!, 1);
    await engines.ended(id);
  });

  it('is answered once: the same answer again changes nothing, another one is refused', async () => {
    const { engine, id } = await started();
    const task = await one(engine);
    await engine.tasks.complete(tenantId, task, 1);
    await engine.tasks.complete(tenantId, task, 1);
    const failure = { code: 'declined', message: 'no', retryable: true };
    await expect(engine.tasks.fail(tenantId, task, failure)).rejects.toMatchObject({ code: 'task_lost' });
    expect(await engines.ended(id)).toMatchObject({ status: 2 });
    expect((await kindsOf(id)).filter((e) => e === 'succeeded')).toHaveLength(1);
  });

  it('that fails is tried again as its step says, as another task under the same key', async () => {
    const { engine, id } = await started([charge({ retry: { max_attempts: 2, initial: '10ms' } })]);
    const first = await one(engine);
    await engine.tasks.fail(tenantId, first, { code: 'busy', message: 'later', retryable: true });
    const second = await one(engine);
    expect(second).toMatchObject({ attempt: 2, idempotencyKey: first.idempotencyKey });
    await engine.tasks.complete(tenantId, second, 1);
    expect(await engines.ended(id)).toMatchObject({ status: 2 });
  });

  it('whose output cannot be stored fails its step', async () => {
    const { engine, id } = await started();
    await engine.tasks.complete(tenantId, await one(engine), 'x'.repeat(1_100_000));
    expect(await engines.ended(id)).toMatchObject({ status: 3, error: expect.stringContaining('output_too_large') });
  });

  it('of a sensitive step is encrypted in the table, and open for its worker', async () => {
    const { engine, id } = await started([charge({ config: { card: '4111-secret' }, sensitive: true })]);
    const task = await one(engine);
    expect(task.config).toEqual({ card: '4111-secret' });
    const kept = await engines.rows(`select input from tasks where execution_id = '${id}'`);
    expect(JSON.stringify(kept)).not.toContain('4111');
    await engine.tasks.complete(tenantId, task, { receipt: 'very-secret' });
    await engines.ended(id);
    const journal = await engines.rows(`select data from execution_events where execution_id = '${id}'`);
    expect(JSON.stringify(journal)).not.toMatch(/4111|very-secret/);
  });
});

describe('a worker that is not heard of', () => {
  it('loses its task to another, under the same key; what it says later is refused and changes nothing [F09]', async () => {
    const { engine, id } = await started();
    const lost = await one(engine, { leaseMs: 50 });
    const task = await one(engine, { worker: 'w2' });
    expect(task).toMatchObject({ attempt: 1, idempotencyKey: lost.idempotencyKey });
    const [beat] = await engine.tasks.heartbeat(tenantId, [lost], 60_000);
    expect(beat).toMatchObject({ state: 'gone' });
    await expect(engine.tasks.complete(tenantId, lost, 'late')).rejects.toMatchObject({ code: 'task_lost' });
    await engine.tasks.complete(tenantId, task, 'right');
    expect(await engines.ended(id)).toMatchObject({ status: 2 });
    const outputs = (await engines.eventsOf(id)).filter(({ e }) => e === 'succeeded').map(({ o }) => o);
    expect(outputs).toEqual(['right']);
  });

  it('keeps its task by heartbeats, beyond its first lease', async () => {
    const { engine, id } = await started();
    const task = await one(engine, { leaseMs: 1_500 });
    for (let beats = 0; beats < 30; beats += 1) {
      const [beat] = await engine.tasks.heartbeat(tenantId, [task], 1_500);
      expect(beat).toMatchObject({ state: 'running' });
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { lease } = await engines.one(
      `select lease_until > claimed_at + interval '1.5 s' as lease from tasks where id = '${task.id}'`,
    );
    expect(lease).toBe(true);
    await engine.tasks.complete(tenantId, task, 1);
    await engines.ended(id);
  });

  it('leaves an outcome that is unknown where the step may run at most once', async () => {
    const { engine, id } = await started([charge({ delivery: 'at_most_once' })]);
    await one(engine, { leaseMs: 50 });
    expect(await engines.ended(id)).toMatchObject({ status: 3, error: expect.stringContaining('outcome_unknown') });
  });

  it('is the third with which the step fails', async () => {
    const { engine, id } = await started();
    for (const worker of ['w1', 'w2', 'w3']) await one(engine, { worker, leaseMs: 50 });
    expect(await engines.ended(id)).toMatchObject({ status: 3, error: expect.stringContaining('worker_lost') });
  });

  it('has as long as the step says, heartbeats or not', async () => {
    const { engine, id } = await started([charge({ timeout: '200ms' })]);
    const task = await one(engine, { leaseMs: 60_000 });
    expect(task.leaseUntil.getTime()).toBe(task.deadline.getTime());
    expect(await engines.ended(id)).toMatchObject({ status: 3, error: expect.stringContaining('"timeout"') });
    await expect(engine.tasks.complete(tenantId, task, 1)).rejects.toMatchObject({ code: 'task_lost' });
  });
});

describe('a task that is not wanted any more', () => {
  it('is none to take after a cancel', async () => {
    const { engine, id } = await started();
    await expect.poll(() => headOf(id)).toMatchObject({ wait_reason: WORKER });
    await engine.command(tenantId, id, 'cancel');
    expect(await engines.ended(id)).toMatchObject({ status: 4 });
    expect(await claim(engine, { waitMs: 0 })).toEqual([]);
  });

  it('is asked back: its worker hears it with the next heartbeat, and may say how far it came', async () => {
    const { engine, id } = await started();
    const task = await one(engine);
    await engine.command(tenantId, id, 'cancel');
    await expect.poll(() => engine.tasks.heartbeat(tenantId, [task], 60_000)).toMatchObject([{ state: 'cancel' }]);
    await engine.tasks.fail(tenantId, task, { code: 'aborted', message: 'stopped', retryable: false });
    expect(await engines.ended(id)).toMatchObject({ status: 4 });
  });

  it('is refused when the execution has ended without it', async () => {
    const { engine, id } = await started([charge(), { id: 'end', type: 'terminate', config: { status: 'COMPLETED' } }]);
    await expect.poll(() => headOf(id)).toMatchObject({ status: 2 });
    expect(await claim(engine, { waitMs: 0 })).toEqual([]);
    expect(await engines.rows('select from tasks where state < 2')).toEqual([]);
  });

  it('is taken back for a pause, and offered again when it is over', async () => {
    const { engine, id } = await started();
    await expect.poll(() => headOf(id)).toMatchObject({ wait_reason: WORKER });
    await engine.command(tenantId, id, 'pause');
    await expect.poll(() => headOf(id)).toMatchObject({ wait_reason: 9 });
    expect(await claim(engine, { waitMs: 0 })).toEqual([]);
    await engine.command(tenantId, id, 'resume');
    await engine.tasks.complete(tenantId, await one(engine), 1);
    expect(await engines.ended(id)).toMatchObject({ status: 2 });
  });

  it('is offered again at once when its worker gives it back, also where it may run at most once', async () => {
    const { engine, id } = await started([charge({ delivery: 'at_most_once' })]);
    await engine.tasks.release(tenantId, [await one(engine)]);
    await engine.tasks.complete(tenantId, await one(engine, { worker: 'w2' }), 1);
    expect(await engines.ended(id)).toMatchObject({ status: 2 });
  });
});

describe('the process that drives the execution', () => {
  it.each(['at_least_once', 'at_most_once'])('may go while a worker has the task: %s', async (delivery) => {
    const { engine, id } = await started([charge({ delivery })]);
    const task = await one(engine);
    await engine.drain(1_000);
    const next = await engines.anEngine();
    await next.tasks.complete(tenantId, task, 1);
    expect(await engines.ended(id)).toMatchObject({ status: 2 });
    expect(await engines.rows(`select from tasks where execution_id = '${id}'`)).toHaveLength(1);
  });

  it("need not be another's to be told: any process serves workers", async () => {
    const shared = { exclusive: false, leaseMs: 2_000 };
    const engine = await engines.anEngine(shared);
    const door = await engines.anEngine({ ...shared, drives: false });
    const waiting = one(door);
    const id = idOf(await engine.start(aStart(await engines.publish([charge()]))));
    await door.tasks.complete(tenantId, await waiting, 1);
    expect(await engines.ended(id)).toMatchObject({ status: 2 });
  });
});

describe('another tenant', () => {
  const other = '00000000-0000-7000-8000-0000000000ff';

  it('sees no task, and can neither keep nor answer nor give back one whose token it knows', async () => {
    const { engine, id } = await started();
    const wanted = { tenantId: other, worker: 'thief', types: ['task'], limit: 10, leaseMs: 60_000 };
    await expect.poll(() => headOf(id)).toMatchObject({ wait_reason: WORKER });
    expect(await engine.tasks.claim(wanted, 0, never)).toEqual([]);
    const task = await one(engine);
    expect(await engine.tasks.heartbeat(other, [task], 60_000)).toMatchObject([{ state: 'gone' }]);
    await expect(engine.tasks.complete(other, task, 1)).rejects.toMatchObject({ code: 'task_lost' });
    await engine.tasks.release(other, [task]);
    await engine.tasks.complete(tenantId, task, 'mine');
    expect(await engines.ended(id)).toMatchObject({ status: 2 });
  });
});
