/** Puts the parts of the engine together: lane, ownership, runner, attempts, timers, inbound. */
import { randomUUID } from 'node:crypto';
import type { Plan } from '@cloudflow/core/definition/plan.ts';
import type { Entropy } from '@cloudflow/core/run/contract.ts';
import type { Clock } from '../kernel/clock/clock.ts';
import type { Database } from '../kernel/db/database.ts';
import { problem } from '../kernel/errors/problem.ts';
import type { Logger } from '../kernel/log/log.ts';
import type { AttemptRunner } from '../action/index.ts';
import type { Engine, ExecutionHead } from './engine.ts';
import { uuidV7 } from './execution-id.ts';
import { createLane } from './journal/lane.ts';
import { createOwnership } from './ownership/ownership.ts';
import { type Attempts, createAttempts, type Try } from './runner/attempts.ts';
import { createInbound, type Inbound } from './runner/inbound.ts';
import type { LiveExecution } from './runner/live.ts';
import { createLoader } from './runner/loader.ts';
import { createRunner, type Runner } from './runner/runner.ts';
import { createStarts, finishedOf } from './runner/starts.ts';
import { createTimers } from './runner/timers.ts';
import { createWaiters } from './runner/waiters.ts';
import { createEngineStore } from './store/engine-store.ts';

export type EngineDeps = {
  readonly database: Database;
  /** PostgreSQL without a pooler in between: for the lease thread's own connection. */
  readonly directUrl: string;
  /** True when a lock on the data directory proves that no other engine uses this database. */
  readonly exclusive: boolean;
  readonly leaseMs: number;
  readonly maxInFlight: number;
  readonly actions: AttemptRunner;
  readonly planOf: (versionId: string) => Promise<Plan>;
  readonly readHead: (tenantId: string, executionId: string) => Promise<ExecutionHead | undefined>;
  readonly clock: Clock;
  readonly log: Logger;
};

/** A try that lasts longer shows as EXECUTING in the journal; a pure stretch is written at the latest then. */
const SOFT_FLUSH_MS = 200;
const SWEEP_EVERY_MS = 100;

export function createEngine(deps: EngineDeps): Engine & EngineState {
  const { clock, log } = deps;
  const owner = randomUUID();
  const entropy: Entropy = { uuid: randomUUID, random: Math.random };
  const store = createEngineStore(deps.database);
  const waiters = createWaiters();
  let accepting = false;
  let sweeping: NodeJS.Timeout | null = null;
  let inbound: Inbound | null = null;

  const ownership = createOwnership({
    directUrl: deps.directUrl,
    owner,
    leaseMs: deps.leaseMs,
    exclusive: deps.exclusive,
    log,
    onTaken: (shards) => recover(shards.map(({ shard }) => shard)),
    onLost: (shards) => forget(new Set(shards)),
  });
  const lane = createLane({
    connect: () => deps.database.connectDirect('lane'),
    owner,
    epochOf: (shard) => ownership.epochOf(shard),
    source: { take: (limit) => runner.source.take(limit), settled: (entry, result) => runner.source.settled(entry, result) },
    onFencedCommit: () => ownership.noteFencedCommit(),
    clock,
    log,
  });
  const runner: Runner = createRunner({
    clock,
    log,
    wakeLane: () => lane.wake(),
    beginTry: (live, effect) => attempts.begin(live, effect),
    armTimer: (timer) => timers.add(timer),
    onStartSettled: (live, result) => starts.settled(live, result),
    onEnded: (live) => {
      if (waiters.isAwaited(live.id)) waiters.ended(finishedOf(live));
    },
    onConsumed: (ids) => inbound?.consumed(ids),
  });
  const attempts: Attempts = createAttempts({
    clock,
    log,
    run: (live, effect, signal) => deps.actions.run(requestOf(live, effect), signal),
    mayHandOut: () => ownership.safeToHandOut(),
    hear: (live, { key, attempt }, outcome) => runner.hear(live, { kind: 'attempt_ended', key, attempt, at: clock.now(), outcome }),
  });
  const starts = createStarts({
    clock,
    runner,
    waiters,
    entropy,
    newId: (now) => newId(now, ownership.ownedShards()),
    maxInFlight: deps.maxInFlight,
    readHead: deps.readHead,
  });
  const loader = createLoader({
    log,
    runner,
    entropy,
    now: () => clock.now(),
    read: (id) => store.loadExecution(id),
    planOf: deps.planOf,
    owns: (shard) => ownership.owns(shard),
    armTimer: (timer) => timers.add(timer),
    onUndelivered: (ids) => inbound?.consumed(ids),
  });
  const timers = createTimers({
    clock,
    lookAhead: (before) => store.dueTimers(ownership.ownedShards(), before, 10_000),
    onDue: ({ executionId, timer }) => {
      const shard = Number.parseInt(executionId.slice(-2), 16);
      if (ownership.owns(shard)) loader.deliver(executionId, shard, { input: { kind: 'timer', timer, at: clock.now() } });
    },
    onError: (error) => log.warn({ error }, 'the table of timers could not be read; it is tried again'),
  });

  async function recover(shards: readonly number[]): Promise<void> {
    try {
      await timers.look();
      await inbound?.recover(shards);
    } catch (error) {
      log.warn({ error }, 'taking up executions failed; it is tried again');
      setTimeout(() => void recover(shards.filter((shard) => ownership.owns(shard))), 1_000).unref();
    }
  }

  function forget(shards: ReadonlySet<number>): void {
    for (const live of [...runner.all()]) if (shards.has(live.shard)) runner.drop(live, 'its shard was taken');
  }

  function sweep(): void {
    runner.flushSoft(SOFT_FLUSH_MS);
    attempts.retryHeld();
  }

  return {
    ready: () => accepting,
    inFlight: () => runner.size,
    runningAttempts: () => attempts.running,
    ownedShards: () => ownership.ownedShards().length,
    async begin() {
      inbound = createInbound({
        clock,
        log,
        loader,
        ownedShards: () => ownership.ownedShards(),
        pendingStarts: store.pendingStarts,
        inboxOf: store.inboxOf,
        unfinished: store.unfinished,
        room: () => deps.maxInFlight - runner.size,
      });
      await ownership.start();
      sweeping = setInterval(sweep, SWEEP_EVERY_MS);
      accepting = true;
    },
    start(request, options = {}) {
      if (!accepting) return Promise.reject(problem('unavailable', { detail: 'The server is stopping or has not started yet.', retryAfter: 1 }));
      return starts.start(request, options);
    },
    async cancel(tenantId, executionId, reason) {
      const answer = await store.insertCommand({ tenantId, executionId, kind: 'cancel', payload: JSON.stringify(reason === undefined ? {} : { reason }) });
      if (answer === 'accepted') inbound?.hint();
      return answer;
    },
    async drain(timeoutMs) {
      accepting = false;
      timers.stop();
      await inbound?.stop();
      await attempts.drain(timeoutMs);
      if (sweeping !== null) clearInterval(sweeping);
      runner.flushSoft(0);
      await lane.drain();
      for (const live of [...runner.all()]) runner.drop(live, 'the process stops');
      await ownership.stop();
      await lane.close();
    },
  };
}

/** What metrics and readiness show of the engine. */
export type EngineState = {
  inFlight(): number;
  runningAttempts(): number;
  ownedShards(): number;
};

function requestOf({ id, tenantId, correlationId }: LiveExecution, effect: Try) {
  return { ...effect, executionId: id, tenantId, correlationId };
}

function newId(now: number, shards: readonly number[]): { id: string; shard: number } {
  const shard = shards.length === 0 ? Math.floor(Math.random() * 256) : (shards[Math.floor(Math.random() * shards.length)] as number);
  return { id: uuidV7(now, shard), shard };
}
