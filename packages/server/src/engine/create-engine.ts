/** The engine's life in a process: it takes shards, drives what lives in them, and hands them over when it stops. */
import type { Plan } from '@cloudflow/core/definition/plan.ts';
import type { AttemptRunner } from '../action/index.ts';
import type { KeepLine } from '../execution-log/index.ts';
import type { BlobStore } from '../kernel/blob/blob-store.ts';
import type { Clock } from '../kernel/clock/clock.ts';
import type { Database } from '../kernel/db/database.ts';
import { problem } from '../kernel/errors/problem.ts';
import type { Logger } from '../kernel/log/log.ts';
import type { SecretBox } from '../kernel/secret/secret-box.ts';
import type { WorkflowSource } from '../workflow/index.ts';
import type { Engine, ExecutionHead } from './engine.ts';
import { hint } from './hinting.ts';
import { sealedText } from './journal/sealed-values.ts';
import type { EngineObserver } from './observer.ts';
import type { TaskObserver } from './tasks/task-observer.ts';
import { type Parts, wire } from './wiring.ts';
import { moveTries } from './wiring-ownership.ts';

export type EngineDeps = {
  readonly database: Database;
  /** PostgreSQL without a pooler in between: for the lease thread's own connection. */
  readonly directUrl: string;
  /** True when a lock on the data directory proves that no other engine uses this database. */
  readonly exclusive: boolean;
  readonly leaseMs: number;
  /** Executions in memory; at so many, starts are refused with `overloaded`, and those of others are left in the table. */
  readonly maxInFlight: number;
  /** How often the watchdog looks. Default: 30 s. */
  readonly watchEveryMs?: number;
  /** How often the inbox and pending starts are looked at, hints apart. Default: 1 s while hints are heard, else 250 ms. */
  readonly pollEveryMs?: number;
  /** A start that is not durable by then is answered as not confirmed, 503. Default: 10 s. */
  readonly confirmWithinMs?: number;
  readonly actions: AttemptRunner;
  /** A journal is compacted when it has so many events that are in no segment. Default: 10,000. */
  readonly compactEvents?: number;
  /** What a `sub_workflow` means; see the workflow service. */
  readonly resolveForStart: WorkflowSource['resolveForStart'];
  readonly planOf: (versionId: string) => Promise<Plan>;
  /** Where large values are. */
  readonly blobs: Pick<BlobStore, 'home' | 'put' | 'get'>;
  /** Encrypts what sensitive steps were given and gave. */
  readonly secrets: SecretBox;
  readonly readHead: (tenantId: string, executionId: string) => Promise<ExecutionHead | undefined>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly observer?: EngineObserver;
  readonly taskObserver?: TaskObserver;
  /** Lines that people find beside an execution. */
  readonly keepLine?: KeepLine;
  /** How long a process that has come up leaves leases of workers alone. Default: 15 s. */
  readonly taskQuietMs?: number;
  /** Of what a worker answers, as JSON. Default: 1 MB. */
  readonly maxOutputBytes?: number;
  /** The engine cannot go on in this process. */
  readonly onFatal: (error: Error) => void;
};

/** What metrics show of the engine. */
export type EngineState = {
  inFlight(): number;
  runningAttempts(): number;
  ownedShards(): number;
  /** Executions and steps that wait at the gates of this process. */
  waitingAtGates(): number;
  /** Since it was last certain that our leases hold; 0 without shards. */
  leaseAgeMs(): number;
  /** What the watchdog found stuck, in words; null: nothing. */
  complaint(): string | null;
};

/** Beginnings of tries wait so long for a flush that is made anyway: a try that lasts longer shows as EXECUTING. */
const SOFT_FLUSH_MS = 200;
const SWEEP_EVERY_MS = 100;
const WATCH_EVERY_MS = 30_000;
/** How often tries that run elsewhere, or here for others, are seen to. */
const LOOK_AT_MOVED_MS = 1_000;
const LOOK_AT_LEASES_MS = 1_000;
/** What ends so soon after a stop is asked for is written as if nothing had been asked. */
const SETTLE_MS = 500;
/** What a stopped try has to report that it succeeded after all. */
const LAST_REPORTS_MS = 1_000;

export function createEngine(deps: EngineDeps): Engine & EngineState {
  const parts = wire(deps);
  let accepting = false;
  const chores: NodeJS.Timeout[] = [];

  return {
    watch: parts.watch,
    tasks: parts.tasks,
    ready: () => accepting,
    inFlight: () => parts.runner.size,
    runningAttempts: () => parts.attempts.running,
    ownedShards: () => parts.ownership.ownedShards().length,
    waitingAtGates: () => parts.gates.waiting(),
    leaseAgeMs: () => parts.ownership.leaseAgeMs(),
    complaint: () => parts.watchdog.complaint(),
    async begin({ drives = true } = {}) {
      if (!deps.exclusive) parts.hints.begin(); // else there is nobody
      if (drives) {
        await parts.holds.begin();
        parts.inbound.begin();
        parts.timers.begin();
        await parts.ownership.start();
      }
      chores.push(setInterval(() => sweep(parts), SWEEP_EVERY_MS));
      chores.push(setInterval(() => void parts.movedTries.look(), LOOK_AT_MOVED_MS));
      if (drives) chores.push(setInterval(() => void parts.lapses.look(), LOOK_AT_LEASES_MS));
      if (drives) chores.push(setInterval(() => void parts.watchdog.look(), deps.watchEveryMs ?? WATCH_EVERY_MS));
      accepting = true;
    },
    start: (request, options = {}) => (accepting ? parts.starts.start(request, options) : notAccepting()),
    startAll: (requests) => (accepting ? parts.startAll(requests) : notAccepting()),
    async command(tenantId, executionId, kind, why = {}) {
      const payload = JSON.stringify(why);
      const answer = await parts.store.insertCommand({ tenantId, executionId, kind, payload });
      if (answer === 'accepted') hint(parts, 'inbox', [executionId]);
      return answer;
    },
    async intervene(tenantId, executionId, intervention) {
      const text = JSON.stringify(intervention);
      // Of a step that may be sensitive: nobody looks at its plan for so rare a thing.
      const isToSeal = intervention.deed.do === 'complete';
      const payload = isToSeal ? sealedText(text, await deps.secrets.sealer(tenantId), executionId) : text;
      const answer = await parts.store.insertIntervention({ tenantId, executionId, payload });
      if (answer === 'accepted') hint(parts, 'inbox', [executionId]);
      return answer;
    },
    async signal(tenantId, executionId, { name, payload }) {
      const answer = await parts.store.insertSignal({
        tenantId,
        executionId,
        payload: JSON.stringify({ name, payload }),
      });
      if (answer === 'accepted') hint(parts, 'inbox', [executionId]);
      return answer;
    },
    async setPaused(isPaused, these, why) {
      if (isPaused) await parts.store.insertPauses(these, why);
      else await parts.store.deletePauses(these);
      await parts.holds.changed();
    },
    pauses: (tenantId) => parts.store.listPauses(tenantId),
    async drain(timeoutMs) {
      accepting = false;
      parts.claims.close();
      await handOver(parts, timeoutMs);
      for (const chore of chores) clearInterval(chore);
    },
  };
}

function notAccepting(): Promise<never> {
  const detail = 'The server is stopping, or has not started yet.';
  return Promise.reject(problem('unavailable', { detail, retryAfter: 1 }));
}

function sweep({ runner, attempts }: Parts): void {
  runner.flushSoft(SOFT_FLUSH_MS);
  attempts.retryHeld();
}

/** What is decided may have large values, which are stored before it is written. */
const LAST_VALUES_MS = 5_000;

/**
 * Nothing new begins, and what is decided is written. What runs for longer than a moment goes on, while the executions are
 * given to others, so that their other work does not wait for it; what has not ended when the time is over is stopped, and
 * left to those who own the executions then: they hand it out again, under the same key.
 */
async function handOver(parts: Parts, timeoutMs: number): Promise<void> {
  const { timers, inbound, attempts, movedTries, runner, storing, lane, ownership, hints, starts } = parts;
  const deadline = performance.now() + timeoutMs;
  attempts.close(); // at once: whatever is begun now is something to wait for
  timers.stop();
  await inbound.stop();
  await parts.holds.stop();
  await attempts.atRest(Math.min(SETTLE_MS, timeoutMs));
  runner.flushSoft(0);
  await lane.drain();
  await storing.rest(LAST_VALUES_MS);
  await lane.drain();
  await moveTries(parts, () => true);
  for (const live of [...runner.all()]) runner.drop(live, 'the process stops');
  await parts.caution.rest();
  await parts.snapshots.rest();
  await parts.compaction.close();
  await ownership.handOver();
  await attempts.atRest(deadline - performance.now());
  if (attempts.running > 0) {
    attempts.giveUp();
    await attempts.atRest(LAST_REPORTS_MS);
    movedTries.close();
    await giveBack(parts);
  }
  await ownership.stop();
  hints.tellOfFreeShards();
  await hints.close();
  await lane.close();
  starts.close();
}

async function giveBack({ store, owner, deps }: Parts): Promise<void> {
  try {
    await store.giveTriesBack(owner);
  } catch (error) {
    deps.log.warn(
      { error },
      'running attempts could not be given back; they are when this process has been gone for long',
    );
  }
}
