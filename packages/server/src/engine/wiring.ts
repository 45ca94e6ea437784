/**
 * The parts of the engine, and what each hears of the others. They refer to each other in circles (a flush that is
 * committed releases attempts, whose outcomes are flushed), so each is given the table of parts and looks its neighbours up
 * when something happens.
 */
import { randomUUID } from 'node:crypto';
import type { Json } from '@cloudflow/core/json.ts';
import type { Entropy } from '@cloudflow/core/run/contract.ts';
import { createOutage, type Outage } from '../kernel/log/outage.ts';
import type { Compaction } from './compaction/compaction.ts';
import type { EngineDeps } from './create-engine.ts';
import { createDatabaseClock, type DatabaseClock } from './database-clock.ts';
import { shardOf } from './execution-id.ts';
import { createJournalWatch, type JournalWatch } from './following/journal-watch.ts';
import { firstGate } from './gates/gate-id.ts';
import { createGateKeeper, type GateKeeper } from './gates/gate-keeper.ts';
import { hint, hintAfter, pollEveryMs, wireHints } from './hinting.ts';
import { createLane, type Lane } from './journal/lane.ts';
import { type EngineObserver, noObserver } from './observer.ts';
import type { Hints } from './ownership/hints.ts';
import type { Ownership } from './ownership/ownership.ts';
import type { ServerHistory } from './ownership/server-history.ts';
import { createHolds, type Holds } from './pausing/holds.ts';
import type { Admission } from './runner/admission.ts';
import { type Attempts, createAttempts } from './runner/attempts.ts';
import type { StartAll } from './runner/batch-starts.ts';
import { type Caution, createCaution } from './runner/caution.ts';
import { type ChildResolver, createChildResolver } from './runner/child-resolver.ts';
import { createInbound, type Inbound } from './runner/inbound.ts';
import { createLoader, type Loader } from './runner/loader.ts';
import { createMovedTries, type MovedTries } from './runner/moved-tries.ts';
import { createRunner, type Runner } from './runner/runner.ts';
import { openRows } from './runner/sealed-rows.ts';
import { finishedOf, type Starts } from './runner/starts.ts';
import { createStoring, type Storing } from './runner/storing.ts';
import { createTimers, type Timers } from './runner/timers.ts';
import { requestOf } from './runner/try.ts';
import { createWaiters, type Waiters } from './runner/waiters.ts';
import { createWatchdog, type Watchdog } from './runner/watchdog.ts';
import type { Snapshots } from './snapshots/snapshots.ts';
import { asideIn, createEngineStore } from './store/engine-store.ts';
import { makePartitions } from './store/make-partitions.ts';
import type { ClaimQueue } from './tasks/claim-queue.ts';
import type { Lapses } from './tasks/lapses.ts';
import type { Tasks } from './tasks/tasks.ts';
import { wireHistory, wireOwnership } from './wiring-ownership.ts';
import { wireCompaction, wireSnapshots } from './wiring-snapshots.ts';
import { newId, wireAdmission, wireStartAll, wireStarts } from './wiring-starts.ts';
import { wireClaims, wireLapses, wireTasks } from './wiring-tasks.ts';

export type Parts = {
  /** Their clock is that of the database. */
  readonly deps: EngineDeps & { readonly clock: DatabaseClock };
  /** Random per boot. */
  readonly owner: string;
  readonly entropy: Entropy;
  readonly store: ReturnType<typeof createEngineStore>;
  readonly waiters: Waiters;
  readonly watch: JournalWatch;
  holds: Holds;
  readonly takingUp: Outage;
  readonly storing: Storing;
  snapshots: Snapshots;
  compaction: Compaction;
  readonly snapshotUnusable: (executionId: string, error: unknown) => void;
  readonly observer: EngineObserver;
  history: ServerHistory;
  ownership: Ownership;
  hints: Hints;
  lane: Lane;
  runner: Runner;
  attempts: Attempts;
  movedTries: MovedTries;
  watchdog: Watchdog;
  caution: Caution;
  timers: Timers;
  loader: Loader;
  admission: Admission;
  inbound: Inbound;
  starts: Starts;
  startAll: StartAll;
  children: ChildResolver;
  gates: GateKeeper;
  claims: ClaimQueue;
  tasks: Tasks;
  lapses: Lapses;
};

/** What the watchdog calls late, and how many executions it looks at in one go. */
const LATE_MS = 60_000;
const WATCHED_PAGE = 2_000;
const RECOVER_AGAIN_MS = 1_000;

export function wire(given: EngineDeps): Parts {
  const deps = { ...given, clock: createDatabaseClock(given.clock) };
  const entropy: Entropy = {
    uuid: randomUUID,
    random: Math.random,
    executionId: () => newId(deps.clock.now(), null, parts.ownership).id,
  };
  const { observer = noObserver } = deps;
  const snapshotUnusable = (executionId: string, error?: unknown) => {
    observer.snapshotUnusable();
    deps.log.warn({ error, execution_id: executionId }, 'a snapshot is of no use; the journal is folded instead');
  };
  const store = createEngineStore(deps.database, asideIn(deps.blobs, deps.secrets), snapshotUnusable);
  const takingUp = createOutage(deps.log, {
    failed: 'taking up executions failed; it is tried again',
    over: 'executions are taken up again',
  });
  const outage = createOutage(deps.log, {
    failed: 'a large value could not be stored; it is tried again, and its execution waits',
    over: 'large values are stored again',
  });
  const storing = createStoring({ blobs: deps.blobs, outage, wakeLane: () => parts.lane.wake() });
  const { clock, log } = deps;
  const watch = createJournalWatch({ clock, log, writtenUpTo: store.writtenUpTo });
  const waiters = createWaiters();
  const first = { deps, owner: randomUUID(), entropy, store, takingUp, storing, snapshotUnusable };
  const parts = { ...first, observer, watch, waiters } as unknown as Parts;
  parts.history = wireHistory(parts);
  parts.ownership = wireOwnership(parts);
  parts.hints = wireHints(parts);
  parts.compaction = wireCompaction(parts);
  parts.snapshots = wireSnapshots(parts);
  parts.lane = wireLane(parts);
  parts.caution = wireCaution(parts);
  parts.runner = wireRunner(parts);
  parts.attempts = wireAttempts(parts);
  parts.movedTries = wireMovedTries(parts);
  parts.timers = wireTimers(parts);
  parts.loader = wireLoader(parts);
  parts.admission = wireAdmission(parts);
  parts.inbound = wireInbound(parts);
  parts.holds = wireHolds(parts);
  parts.starts = wireStarts(parts);
  parts.startAll = wireStartAll(parts);
  parts.watchdog = wireWatchdog(parts);
  parts.children = wireChildren(parts);
  parts.gates = wireGates(parts);
  parts.claims = wireClaims(parts);
  parts.tasks = wireTasks(parts);
  parts.lapses = wireLapses(parts);
  return parts;
}

function wireLane(parts: Parts): Lane {
  const { database, clock, log } = parts.deps;
  return createLane({
    connect: () => database.connectDirect('lane'),
    owner: parts.owner,
    epochOf: (shard) => parts.ownership.epochOf(shard),
    source: {
      take(limit) {
        const entries = parts.gates.source.take(limit);
        return entries.length === 0
          ? parts.runner.source.take(limit)
          : [...entries, ...parts.runner.source.take(limit - entries.length)];
      },
      settled(entry, result) {
        if (result.kind === 'refused') parts.observer.entryRefused();
        if (!parts.gates.source.settled(entry, result)) parts.runner.source.settled(entry, result);
        if (result.kind !== 'committed') return;
        for (const _ of entry.children) parts.observer.executionStarted();
        hintAfter(parts, entry);
      },
    },
    makePartitions: (ids) => makePartitions(database, ids),
    onFencedCommit: (sentAt) => parts.ownership.noteFencedCommit(sentAt),
    onFlushed: ({ entries, milliseconds }) => parts.observer.flushed(entries, milliseconds),
    history: parts.history,
    clock,
    log,
  });
}

function wireRunner(parts: Parts): Runner {
  const { clock, log } = parts.deps;
  return createRunner({
    clock,
    log,
    wakeLane: () => parts.lane.wake(),
    beginTry: (live, effect) => parts.attempts.begin(live, effect),
    resolveChild: (live, effect) => parts.children.resolve(live, effect),
    abortTry: (live, effect) => parts.attempts.abort(live, effect),
    stopElsewhere: (live, names) => parts.movedTries.stopElsewhere(live, names),
    armTimer: (timer) => parts.timers.add(timer),
    onAsleep: (timer) => parts.timers.sleep(timer),
    onWritten: parts.watch.wrote,
    pausesFor: (live) => parts.holds.pausesFor(live),
    resumesFor: (live) => parts.holds.resumesFor(live),
    readAnew({ id, shard }) {
      const again = (): void => void (parts.ownership.owns(shard) && parts.loader.load(id));
      setTimeout(again, RECOVER_AGAIN_MS).unref();
    },
    onStartSettled(live, result) {
      if (result.kind === 'committed' || result.kind === 'pending') parts.observer.executionStarted();
      else parts.gates.undone(live);
      if (!parts.ownership.owns(live.shard)) hint(parts, 'starts', [live.id]);
      parts.starts.settled(live, result);
    },
    atOwnGate: (live, effect) => parts.gates.atOwnGate(live, effect),
    onEnded(live) {
      parts.snapshots.ended(live);
      parts.gates.ended(live);
      if (live.end !== null) parts.observer.executionEnded(live.end.status);
      if (parts.waiters.isAwaited(live.id)) parts.waiters.ended(finishedOf(live));
    },
    onConsumed: (inboxIds) => parts.inbound.consumed(inboxIds),
    onSurvived: (executionId) => parts.caution.survived(executionId),
    storing: parts.storing,
    snapshots: parts.snapshots,
  });
}

function wireCaution({ deps: { clock, log }, store, owner }: Parts): Caution {
  return createCaution({
    clock,
    log,
    suspectsOf: store.suspectsOf,
    countLoads: (ids) => store.countLoads(owner, ids),
    absolve: (ids) => store.absolve(owner, ids),
  });
}

function wireAttempts(parts: Parts): Attempts {
  const { actions, clock, log } = parts.deps;
  return createAttempts({
    clock,
    log,
    run: (live, effect, signal) => actions.run(requestOf(live, effect), signal),
    mayHandOut: (shard) => parts.ownership.mayHandOut(shard),
    report: (live, effect, outcome) => parts.movedTries.report(live, effect, outcome),
    stopElsewhere: (live, names) => parts.movedTries.stopElsewhere(live, names),
    hear: (live, { key, attempt }, outcome) =>
      parts.runner.hear(live, { kind: 'attempt_ended', key, attempt, at: clock.now(), outcome }),
  });
}

function wireMovedTries(parts: Parts): MovedTries {
  const { store, owner } = parts;
  const { clock, log, leaseMs, exclusive } = parts.deps;
  const process = { id: owner, aliveMs: leaseMs, isAlone: exclusive };
  return createMovedTries({
    log,
    record: (tries) => store.recordOwners(owner, tries),
    async reportOutcome(ref, payload) {
      await store.reportOutcome(owner, ref, payload);
      hint(parts, 'inbox', [ref.executionId]);
    },
    owned: () => store.ownedTries(owner),
    stop: store.stopElsewhere,
    lost: (awaited) => store.lostTries(process, awaited),
    stopMoved: (isUnwanted) => parts.attempts.stopMoved(isUnwanted),
    onLost: (live, lost) => parts.runner.hear(live, { kind: 'attempt_lost', ...lost, at: clock.now() }),
  });
}

function wireWatchdog(parts: Parts): Watchdog {
  const { store, owner, observer } = parts;
  const { log, maxInFlight } = parts.deps;
  return createWatchdog({
    log,
    ownedShards: () => parts.ownership.ownedShards(),
    violations: () => store.violations(owner, LATE_MS),
    unwaiting: (shards, after) => store.unwaiting(shards, after, WATCHED_PAGE),
    // Where there is no room for more, what has not begun stands in the table.
    isDriven: (id) => parts.runner.get(id) !== undefined || parts.runner.size >= maxInFlight,
    takeUp: (id) => void (parts.loader.putOff.has(id) || parts.loader.load(id)),
    counted: observer.violations,
  });
}

function wireTimers(parts: Parts): Timers {
  const { clock, log } = parts.deps;
  return createTimers({
    clock,
    lookAhead: (before, after, limit) => parts.store.dueTimers(parts.ownership.ownedShards(), before, after, limit),
    onDue: (timers) => parts.inbound.due(timers),
    log,
  });
}

function wireLoader(parts: Parts): Loader {
  const { clock, log, planOf } = parts.deps;
  return createLoader({
    log,
    runner: parts.runner,
    entropy: parts.entropy,
    now: () => clock.now(),
    read: parts.store.loadExecution,
    onUnusable: parts.snapshotUnusable,
    planOf,
    sealerOf: parts.deps.secrets.sealer,
    async prepareGate({ tenantId, input }, plan) {
      const gate = firstGate(plan, { tenantId, input: JSON.parse(input) as Json }, clock.now());
      if (gate !== null) await parts.gates.prepare(gate);
    },
    epochOf: (shard) => parts.ownership.epochOf(shard),
    armTimer: (timer) => parts.timers.add(timer),
    caution: parts.caution,
    awaits: (live) => parts.movedTries.awaits(live),
    arrived: (live) => parts.gates.arrived(live),
    onUndelivered: (inboxIds) => parts.inbound.consumed(inboxIds),
  });
}

function wireHolds(parts: Parts): Holds {
  const { clock, log } = parts.deps;
  const { pausesSince, unfinishedOf } = parts.store;
  return createHolds({
    clock,
    log,
    pausesSince,
    unfinishedOf,
    ownedShards: () => parts.ownership.ownedShards(),
    tellAll: () => parts.runner.tellPauses(),
    load: (executionId) => parts.loader.load(executionId),
  });
}

function wireInbound(parts: Parts): Inbound {
  const { clock } = parts.deps;
  const { inboxOf, unfinished } = parts.store;
  return createInbound({
    log: parts.deps.log,
    loader: parts.loader,
    toGate: (gateId, message, inboxId) => parts.gates.deliver(gateId, message, inboxId),
    ownedShards: () => parts.ownership.ownedShards(),
    admission: parts.admission,
    inboxOf: openRows(inboxOf, parts.deps),
    unfinished,
    onDue({ executionId, timer, due }) {
      const shard = shardOf(executionId);
      if (!parts.ownership.owns(shard)) return;
      const at = clock.now();
      parts.observer.timerHandedOn(at - due);
      parts.loader.deliver(executionId, shard, { input: { kind: 'timer', timer, at } });
    },
    pollEveryMs: () => pollEveryMs(parts),
  });
}

function wireChildren(parts: Parts): ChildResolver {
  const { clock, log, resolveForStart } = parts.deps;
  return createChildResolver({
    clock,
    log,
    resolveForStart,
    newId: (now, gate) => newId(now, gate, parts.ownership).id,
    hear: (live, key, answer) => parts.runner.hear(live, { kind: 'child_resolved', key, at: clock.now(), answer }),
  });
}

function wireGates(parts: Parts): GateKeeper {
  return createGateKeeper({
    log: parts.deps.log,
    read: parts.store.gateEntries,
    standing: parts.store.standingGates,
    epochOf: (shard) => parts.ownership.epochOf(shard),
    live: (executionId) => parts.runner.get(executionId),
    hear: (live, input) => parts.runner.hear(live, input),
    load: (executionId) => void parts.loader.load(executionId),
    now: () => parts.deps.clock.now(),
    wakeLane: () => parts.lane.wake(),
    onConsumed: (inboxIds) => parts.inbound.consumed(inboxIds),
  });
}
