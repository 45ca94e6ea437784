/** The numbers of the parts, as /metrics shows them. */
import type { AttemptObserver } from '../action/index.ts';
import {
  type EngineObserver,
  type EngineState,
  invariants,
  type RetentionObserver,
  type TaskObserver,
} from '../engine/index.ts';
import type { Database } from '../kernel/db/database.ts';
import type { Metrics } from '../kernel/metrics/metrics.ts';

export function databaseMetrics(metrics: Metrics, database: Pick<Database, 'poolState'>): void {
  const gauge = (name: string, help: string, read: () => number) => metrics.gauge({ name, help, read });
  gauge('database_connections_open', 'Connections of the pool', () => database.poolState().open);
  gauge('database_connections_idle', 'Connections of the pool that wait for work', () => database.poolState().idle);
  gauge('database_connections_waiting', 'Calls that wait for a connection', () => database.poolState().waiting);
  gauge('database_connections_limit', 'Most connections of the pool', () => database.poolState().size);
}

export function engineMetrics(metrics: Metrics, engine: EngineState): void {
  const gauge = (name: string, help: string, read: () => number) => metrics.gauge({ name, help, read });
  gauge('engine_executions_in_flight', 'Executions held in memory by this process', () => engine.inFlight());
  gauge('engine_attempts_running', 'Attempts of steps under way in this process', () => engine.runningAttempts());
  gauge('engine_shards_owned', 'Shards of executions that this process owns, of 256', () => engine.ownedShards());
  gauge(
    'engine_gates_waiting',
    'Executions that wait for their place under a concurrency limit, and steps that wait for a lock',
    () => engine.waitingAtGates(),
  );
  gauge(
    'engine_lease_age_seconds',
    'Time since it was last certain that this process owns its shards; beyond the lease others may take them',
    () => engine.leaseAgeMs() / 1000,
  );
}

/** What the engine tells while it works. Each call is one addition: children are made here, not looked up by labels. */
export function engineObserver(metrics: Metrics): EngineObserver {
  const duration = metrics.histogram({
    name: 'engine_flush_duration_seconds',
    help: 'Time to write what executions decided, all that is written together; tries that failed included',
  });
  const counter = (name: string, help: string) => metrics.counter({ name, help });
  const entries = counter('engine_flush_entries_total', 'Entries that were flushed, one for each execution in a flush');
  const refused = counter(
    'engine_entries_refused_total',
    'Entries that the database refused, such as values it cannot hold: the execution fails alone',
  );
  const started = counter('engine_executions_started_total', 'Executions whose start this process made durable');
  const ended = metrics.counter({
    name: 'engine_executions_ended_total',
    help: 'Executions that ended in this process, by `status`',
    labels: ['status'],
  });
  const endedAs = {
    COMPLETED: ended.labels('COMPLETED'),
    FAILED: ended.labels('FAILED'),
    CANCELLED: ended.labels('CANCELLED'),
  };
  const lag = metrics.histogram({
    name: 'engine_timer_lag_seconds',
    help: 'How late due timers (waits, retries, timeouts) were handed to their executions',
  });
  const violations = metrics.gauge({
    name: 'engine_invariant_violations',
    help: `What must never be, and is to be alarmed when it is not 0, by \`invariant\`: ${Object.entries(invariants)
      .map(([name, text]) => `${name} (${text})`)
      .join('; ')}`,
    labels: ['invariant'],
  });
  const snapshots = counter('engine_snapshots_written_total', 'States of long executions that were kept, see ADR 23');
  const compacted = counter(
    'engine_journals_compacted_total',
    'Older rows of a journal went into a segment, see ADR 31',
  );
  const unusable = counter(
    'engine_snapshots_unusable_total',
    'Kept states that were damaged or could not be read: the journal was folded instead',
  );
  return {
    snapshotsWritten: (count) => snapshots.inc(count),
    journalCompacted: () => compacted.inc(),
    snapshotUnusable: () => unusable.inc(),
    violations: (invariant, found) => violations.set({ invariant }, found),
    flushed(count, milliseconds) {
      duration.observe(milliseconds / 1000);
      entries.inc(count);
    },
    entryRefused: () => refused.inc(),
    executionStarted: () => started.inc(),
    executionEnded: (status) => endedAs[status].inc(),
    timerHandedOn: (lateMs) => lag.observe(lateMs / 1000),
  };
}

/** What workers of tenants do. */
export function taskMetrics(metrics: Metrics): TaskObserver {
  const gauge = (name: string, help: string) => metrics.gauge({ name, help });
  const queued = gauge(
    'tasks_queued',
    'Tries that wait for a worker, in all of the database; at most 100,000 are counted',
  );
  const held = gauge('tasks_claimed', 'Tries that workers have, in all of the database; at most 100,000 are counted');
  const age = gauge('tasks_oldest_queued_seconds', 'For how long the try that waits longest for a worker has waited');
  const claimed = metrics.counter({ name: 'tasks_claimed_total', help: 'Tasks that workers took from this process' });
  const ended = metrics.counter({
    name: 'tasks_ended_total',
    help: 'Tasks that ended, by `as`: completed and failed by their worker, timeout, lost with it; refused are answers of who did not have the task any more',
    labels: ['as'],
  });
  return {
    claimed: (count) => claimed.inc(count),
    answered: (as) => ended.inc({ as }),
    refused: () => ended.inc({ as: 'refused' }),
    lapsed: (as) => ended.inc({ as }),
    counted(numbers) {
      queued.set(numbers.queued);
      held.set(numbers.claimed);
      age.set(numbers.oldestSeconds);
    },
  };
}

export type HouseNumbers = ReturnType<typeof houseMetrics>;

export function houseMetrics(metrics: Metrics) {
  return {
    room: metrics.gauge({ name: 'partition_months_ahead', help: 'Whole months for which there are partitions' }),
    forgotten: metrics.counter({ name: 'idempotency_keys_forgotten_total', help: 'Keys past their window' }),
    retention: retentionMetrics(metrics),
  };
}

function retentionMetrics(metrics: Metrics): RetentionObserver {
  const due = metrics.gauge({
    name: 'retention_months_due',
    help: 'Months of executions that are past their time and still there, as the process that archives them counts',
  });
  const archived = metrics.counter({
    name: 'retention_executions_archived_total',
    help: 'Executions that this process wrote into the archive, and read back',
  });
  const dropped = metrics.counter({
    name: 'retention_months_dropped_total',
    help: 'Months that this process dropped',
  });
  return {
    monthsDue: (count) => due.set(count),
    executionsArchived: (count) => archived.inc(count),
    monthDropped: () => dropped.inc(),
  };
}

/** Rate, errors and duration of what actions do outside. */
export function attemptMetrics(metrics: Metrics): AttemptObserver {
  const duration = metrics.histogram({
    name: 'attempt_duration_seconds',
    help: 'Time of one attempt of a step, by its `type` and `outcome`',
    labels: ['type', 'outcome'],
  });
  return ({ type, outcome, durationMs }) => duration.observe({ type, outcome }, durationMs / 1000);
}
