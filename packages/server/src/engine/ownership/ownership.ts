/**
 * Which shards are ours. What is known here may be out of date by a lease; the fence of each flush is what guards the
 * journal, and `mayHandOut` keeps effects of a process that slept too long at home.
 */
import { Worker } from 'node:worker_threads';
import type { Logger } from '../../kernel/log/log.ts';
import { createOutage } from '../../kernel/log/outage.ts';
import type { TimeAnswer } from '../database-clock.ts';
import type { TakenShard } from '../store/leases.ts';
import type { Sighting } from '../store/server-sighting.ts';
import type { FromLeaseThread, LeaseSettings, ToLeaseThread } from './lease-protocol.ts';

export type OwnershipDeps = {
  readonly directUrl: string;
  /** Random per boot. */
  readonly owner: string;
  readonly leaseMs: number;
  /** Default: a third of the lease. */
  readonly renewMs?: number;
  readonly exclusive: boolean;
  readonly log: Logger;
  /** Which server the leases are kept on; with every round, before anything of it is heard. */
  readonly onServer: (seen: Sighting) => void;
  /** What time it is by the database's clock; with every round, before what the round has taken. */
  readonly onTime: (answer: TimeAnswer) => void;
  /** Shards that are ours from now on: what lives in them is to be taken up. */
  readonly onTaken: (shards: readonly TakenShard[]) => void;
  /** Shards are to go to others, who have too few: resolves when what runs in them is written down. */
  readonly beforeLeaving: (shards: ReadonlySet<number>) => Promise<void>;
  /** Shards that are ours no more: what we have of them in memory is void. */
  readonly onLost: (shards: readonly number[]) => void;
  /** The lease thread ended by itself: nothing is renewed any more. */
  readonly onBroken: (error: Error) => void;
};

export type Ownership = {
  /** Resolves when the first round is over and free shards were taken; rejects when the lease thread cannot run. */
  start(): Promise<void>;
  /** Some shards may be free: a round begins now. */
  look(): void;
  /** Gives all shards away, and goes on living for what runs here; false when that took too long. */
  handOver(): Promise<boolean>;
  /** Gives all shards back, or lets their leases run out when that takes too long. */
  stop(): Promise<void>;
  epochOf(shard: number): bigint | undefined;
  owns(shard: number): boolean;
  ownedShards(): readonly number[];
  /** True while our leases certainly hold: within 3 seconds of the last proof, and half a lease. */
  isSafe(): boolean;
  /** Whether something may begin that depends on this shard being ours: it is, and is not about to go to somebody else. */
  mayHandOut(shard: number): boolean;
  /** Milliseconds since the last proof that our leases hold; 0 when there are none. */
  leaseAgeMs(): number;
  /** A flush that was sent then (`process.hrtime.bigint()`) passed the fence: another proof. */
  noteFencedCommit(sentAt: bigint): void;
  /** Another server answers than before: gives up all shards at once, and takes them under new epochs. */
  abandon(): void;
};

const TICK_EVERY_MS = 500;
/** And never more than half a lease. */
const SAFE_FOR_MS = 3_000;
const LEAVE_WITHIN_MS = 3_000;
const words = { failed: 'leases could not be renewed; it is tried again', over: 'leases are renewed again' };

export function createOwnership(deps: OwnershipDeps): Ownership {
  const safeForNs = BigInt(Math.floor(Math.min(SAFE_FOR_MS, deps.leaseMs / 2))) * 1_000_000n;
  const outage = createOutage(deps.log, words);
  const epochs = new Map<number, bigint>();
  let owned: readonly number[] = [];
  let proven: bigint | null = null;
  let generation = 0;
  let thread: Worker | null = null;
  let ticking: NodeJS.Timeout | undefined;
  let isStopping = false;
  /** About to go to others: nothing begins in them any more. */
  const parting = new Set<number>();
  let handedOver: (() => void) | null = null;

  function heard(message: FromLeaseThread): void {
    if (message.kind === 'trouble') return outage.failed({ reason: message.message });
    if (message.kind === 'server') return deps.onServer(message.sighting);
    outage.over();
    if (message.generation === generation && !isStopping) {
      prove(message.asked);
      deps.onTime(message.time);
      if (message.lost.length > 0) drop(message.lost);
      if (message.taken.length > 0) take(message.taken);
      giveUp(message.surplus.filter((shard) => !parting.has(shard)));
    }
    if (message.handedOver) handedOver?.();
  }

  function prove(at: bigint): void {
    if (proven === null || at > proven) proven = at;
  }

  function drop(shards: readonly number[]): void {
    for (const shard of shards) {
      epochs.delete(shard);
      parting.delete(shard);
    }
    owned = [...epochs.keys()];
    deps.log.info({ shards: shards.length, left: owned.length }, 'shards are not ours any more');
    deps.onLost(shards);
  }

  function take(shards: readonly TakenShard[]): void {
    for (const { shard, epoch } of shards) epochs.set(shard, epoch);
    owned = [...epochs.keys()];
    deps.log.info({ shards: shards.length, owned: owned.length }, 'shards were taken');
    deps.onTaken(shards);
  }

  function giveUp(shards: readonly number[]): void {
    if (shards.length === 0) return;
    for (const shard of shards) parting.add(shard);
    void deps.beforeLeaving(new Set(shards)).finally(() => {
      thread?.postMessage({ kind: 'give_up', shards } satisfies ToLeaseThread);
    });
  }

  function start(): Promise<void> {
    const first = Promise.withResolvers<void>();
    const worker = new Worker(new URL('./lease-thread.ts', import.meta.url), { workerData: settings() });
    thread = worker;
    worker.on('message', (message: FromLeaseThread) => {
      heard(message);
      if (message.kind === 'renewed') first.resolve();
    });
    worker.on('error', broken);
    worker.on('exit', (code) => broken(new Error(`the lease thread ended with code ${code}`)));

    function broken(reason: unknown): void {
      clearInterval(ticking);
      thread = null; // there is nobody to say goodbye to
      const error = reason instanceof Error ? reason : new Error(String(reason));
      first.reject(error); // without effect when it has started
      if (!isStopping) deps.onBroken(error);
      isStopping = true; // an error is followed by its exit: told once
    }
    return first.promise;
  }

  function settings(): LeaseSettings {
    const { directUrl, owner, leaseMs, renewMs = leaseMs / 3, exclusive } = deps;
    const tick = new SharedArrayBuffer(8);
    const ticks = new BigInt64Array(tick);
    const beat = (): void => void Atomics.store(ticks, 0, process.hrtime.bigint());
    beat();
    ticking = setInterval(beat, TICK_EVERY_MS);
    return { directUrl, owner, leaseMs, renewMs, exclusive, tick };
  }

  // With the data directory locked nobody else can take a shard, however long we slept.
  function isSafe(): boolean {
    return deps.exclusive || (proven !== null && process.hrtime.bigint() - proven < safeForNs);
  }

  async function handOver(): Promise<boolean> {
    if (thread === null) return true;
    const done = Promise.withResolvers<boolean>();
    const late = setTimeout(done.resolve, LEAVE_WITHIN_MS, false);
    handedOver = () => done.resolve(true);
    thread.postMessage({ kind: 'hand_over' } satisfies ToLeaseThread);
    const isDone = await done.promise;
    clearTimeout(late);
    return isDone;
  }

  async function stop(): Promise<void> {
    const worker = thread;
    thread = null;
    isStopping = true;
    epochs.clear();
    owned = [];
    if (worker !== null) {
      const gone = new Promise<unknown>((resolve) => worker.once('exit', resolve));
      worker.postMessage({ kind: 'leave' } satisfies ToLeaseThread);
      const late = setTimeout(() => void worker.terminate(), LEAVE_WITHIN_MS);
      await gone;
      clearTimeout(late);
    }
    clearInterval(ticking);
  }

  return {
    start,
    look: () => thread?.postMessage({ kind: 'look' } satisfies ToLeaseThread),
    handOver,
    stop,
    epochOf: (shard) => epochs.get(shard),
    owns: (shard) => epochs.has(shard),
    ownedShards: () => owned,
    isSafe,
    mayHandOut: (shard) => isSafe() && !parting.has(shard),
    leaseAgeMs: () =>
      proven === null || owned.length === 0 ? 0 : Number((process.hrtime.bigint() - proven) / 1_000_000n),
    // When it was sent, not when it was answered: in between the process may have been stopped for longer than its leases.
    noteFencedCommit: prove,
    abandon() {
      generation += 1;
      proven = null;
      thread?.postMessage({ kind: 'abandon', generation } satisfies ToLeaseThread);
      if (owned.length > 0) drop(owned);
    },
  };
}
