/** Makes the services and gives each what it needs of the others. Nothing of them runs yet but the chores. */
import { type Action, type Actions, type ActionsDeps, createActions, createTryCredential } from '../action/index.ts';
import type { Config } from '../config.ts';
import { createCredentials, credentialRoutes } from '../credential/index.ts';
import {
  createEngine,
  createOperations,
  createReading,
  createStreamSlots,
  type EngineState,
  engineRoutes,
  taskRoutes,
  uuidV7,
} from '../engine/index.ts';
import { createLogWriter, executionLogRoute } from '../execution-log/index.ts';
import { systemClock } from '../kernel/clock/clock.ts';
import type { Database } from '../kernel/db/database.ts';
import { createEgress } from '../kernel/egress/egress.ts';
import type { Logger } from '../kernel/log/log.ts';
import type { Metrics } from '../kernel/metrics/metrics.ts';
import { createHousekeeping } from '../ops/index.ts';
import { createRegisteredOperations, createRegistry, registryRoutes } from '../registry/index.ts';
import { createResolver, createWorkflows, workflowRoutes } from '../workflow/index.ts';
import { houseTasks } from './house-tasks.ts';
import type { OpenDatabase } from './open-database.ts';
import {
  attemptMetrics,
  databaseMetrics,
  engineMetrics,
  engineObserver,
  houseMetrics,
  taskMetrics,
} from './part-metrics.ts';
import type { StopStack } from './stop-stack.ts';
import { testRoutes } from './test-routes.ts';

export type ServiceDeps = {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly opened: OpenDatabase;
  readonly stack: StopStack;
  /** A part cannot go on in this process. */
  readonly onFatal: (error: Error) => void;
  readonly moreActions?: readonly Action[];
};

export function createServices(
  config: Config,
  { log, metrics, opened, stack, onFatal, moreActions = [] }: ServiceDeps,
) {
  const { database, directUrl, exclusive, blobs, secrets } = opened;
  const { leaseMs, maxInFlight, maxOutputBytes } = config;
  const newId = () => uuidV7(systemClock.now());
  const part = (component: string) => log.child({ component });
  const egress = createEgress({ allow: config.egressAllow });
  stack.add('egress', egress.close);
  const credentials = createCredentials({ database, secrets, newId });
  const lines = createLogWriter({ database, clock: systemClock, log: part('execution-log') });
  stack.add('log lines', lines.close);
  const registered = createRegisteredOperations(database);
  const trying = { openCredential: credentials.open, egress, log: part('action') };
  const own = { findOperation: registered.find, keepLine: lines.keep };
  const actions = makeActions(config, { ...trying, ...own, metrics, stack, moreActions });
  const registry = createRegistry({ database, builtIn: actions.registry });
  const types = { actions: actions.registry, ownActions: registry.shapes };
  const resolver = createResolver({ database, ...types, monotonic: () => performance.now() });
  const { planOf, resolveForStart } = resolver;
  const reading = createReading({ database, planOf, blobs, secrets, workersOf: registry.lastAsked });
  const engine = createEngine({
    database,
    directUrl,
    exclusive,
    ...{ leaseMs, maxInFlight, maxOutputBytes },
    actions: actions.attempts,
    resolveForStart,
    planOf,
    blobs,
    secrets,
    readHead: reading.find,
    clock: systemClock,
    log: part('engine'),
    observer: engineObserver(metrics),
    taskObserver: taskMetrics(metrics),
    keepLine: lines.keep,
    onFatal,
  });
  const workflows = createWorkflows({ database, ...types, resolver, credentials, operations: registered, newId });
  const housekeeping = createChores(config, { opened, log, metrics, stack });
  showMetrics(metrics, { database, engine });
  const executions = { engine, workflows: resolver, reading, database, clock: systemClock };
  const operations = createOperations({ ...executions, log: part('operations') });
  const streams = createStreamSlots({ ofProcess: config.maxStreams, ofTenant: config.maxStreamsPerTenant });
  const routes = [
    ...credentialRoutes({ credentials, tryCredential: createTryCredential(trying) }),
    ...workflowRoutes({ workflows, latestExecution: reading.latest }),
    ...testRoutes({ actions, egress, credentials, resolver, workflows, newId }),
    ...engineRoutes({ ...executions, streams }),
    ...operations.routes,
    executionLogRoute({ database, mustExist: reading.head }),
    ...registryRoutes(registry, registered),
    ...taskRoutes({ tasks: engine.tasks, noteAsked: registry.noteAsked }),
  ];
  return { engine, operations: operations.worker, housekeeping, routes };
}

type MakingActions = Pick<
  ActionsDeps,
  'openCredential' | 'findOperation' | 'egress' | 'log' | 'keepLine' | 'moreActions'
> &
  Pick<ServiceDeps, 'metrics' | 'stack'>;

function makeActions(config: Config, { metrics, stack, ...deps }: MakingActions): Actions {
  const limits = { maxOutputBytes: config.maxOutputBytes, functionThreads: config.functionWorkers };
  const actions = createActions({ ...deps, clock: systemClock, limits, observe: attemptMetrics(metrics) });
  stack.add('actions', actions.attempts.close);
  return actions;
}

function showMetrics(metrics: Metrics, { database, engine }: { database: Database; engine: EngineState }): void {
  databaseMetrics(metrics, database);
  engineMetrics(metrics, engine);
}

function createChores(
  { idempotencyTtlMs, retentionMonths: months }: Config,
  { opened, log, metrics, stack }: Pick<ServiceDeps, 'opened' | 'log' | 'metrics' | 'stack'>,
) {
  const { database, blobs, archives } = opened;
  const ops = log.child({ component: 'ops' });
  const tasks = houseTasks({
    database,
    idempotencyTtlMs,
    retention: months === null ? null : { months, blobs, archives },
    clock: systemClock,
    numbers: houseMetrics(metrics),
    log: ops,
  });
  const housekeeping = createHousekeeping({ tasks, log: ops, metrics });
  stack.add('housekeeping', housekeeping.stop);
  return housekeeping;
}
