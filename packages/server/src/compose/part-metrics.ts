/** The numbers of the parts, as /metrics shows them. */
import type { AttemptObserver } from '../action/index.ts';
import type { Database } from '../kernel/db/database.ts';
import type { Metrics } from '../kernel/metrics/metrics.ts';

export function databaseMetrics(metrics: Metrics, database: Database): void {
  const gauge = (name: string, help: string, read: () => number) => metrics.gauge({ name, help, read });
  gauge('database_connections_open', 'Connections of the pool', () => database.poolState().open);
  gauge('database_connections_idle', 'Connections of the pool that wait for work', () => database.poolState().idle);
  gauge('database_connections_waiting', 'Calls that wait for a connection', () => database.poolState().waiting);
  gauge('database_connections_limit', 'Most connections of the pool', () => database.poolState().size);
}

export type EngineNumbers = { inFlight(): number; runningAttempts(): number; ownedShards(): number };

export function engineMetrics(metrics: Metrics, engine: EngineNumbers): void {
  const gauge = (name: string, help: string, read: () => number) => metrics.gauge({ name, help, read });
  gauge('engine_executions_in_flight', 'Executions held in memory by this process', () => engine.inFlight());
  gauge('engine_attempts_running', 'Attempts of steps under way in this process', () => engine.runningAttempts());
  gauge('engine_shards_owned', 'Shards of executions that this process owns, of 256', () => engine.ownedShards());
}

/** Rate, errors and duration of what actions do outside. */
export function attemptMetrics(metrics: Metrics): AttemptObserver {
  const duration = metrics.histogram({
    name: 'attempt_duration_seconds',
    help: 'Time of one attempt of a step, by its type and how it ended',
    labels: ['type', 'outcome'],
  });
  return ({ type, outcome, durationMs }) => duration.observe({ type, outcome }, durationMs / 1000);
}
