/** Puts the product together: the only file that chooses adapters and knows all services. `main.ts` and tests start it. */
import { workflowSchema } from '@cloudflow/core/definition/schema/workflow-schema.ts';
import { createActions } from './action/index.ts';
import { createAuth } from './auth/index.ts';
import type { Config } from './config.ts';
import { createEngine, createReading, type Engine, engineRoutes, uuidV7 } from './engine/index.ts';
import { createGateway, type Gateway } from './gateway/index.ts';
import { houseTasks } from './house-tasks.ts';
import { systemClock } from './kernel/clock/clock.ts';
import { createDatabase } from './kernel/db/create-database.ts';
import type { Database } from './kernel/db/database.ts';
import { createEgress } from './kernel/egress/egress.ts';
import { startEmbeddedPostgres } from './kernel/embedded-postgres/embedded-postgres.ts';
import { createHealth, type HealthPart } from './kernel/health/health.ts';
import type { Logger } from './kernel/log/log.ts';
import { createMetrics, type Metrics } from './kernel/metrics/metrics.ts';
import { migrate } from './kernel/migrate/migrate.ts';
import { migrationStatus } from './kernel/migrate/migration-status.ts';
import { createHousekeeping } from './ops/index.ts';
import { attemptMetrics, databaseMetrics, engineMetrics } from './product-metrics.ts';
import { resolveRoles } from './roles.ts';
import { createStopStack, type StopStack } from './stop-stack.ts';
import { version } from './version.ts';
import { createResolver, createWorkflows, workflowRoutes } from './workflow/index.ts';

export type ComposeDeps = {
  readonly log: Logger;
  /** One line for the person who waits. */
  readonly progress: (message: string) => void;
  /** The product cannot go on: the database that it runs itself is gone for good. */
  readonly onFatal: (error: Error) => void;
};

export type Product = {
  /** Where it listens. */
  readonly url: string;
  readonly gateway: Gateway;
  readonly database: Database;
  /** An administrator's key that was made by this start, and can never be shown again; null when there was no need. */
  readonly firstKey: string | null;
  /** Drains and stops everything, in the order in which nothing is lost. Safe to call twice. */
  stop(): Promise<void>;
};

/** After the engine is drained nothing is left to wait for but answers on their way. */
const lastAnswersMs = 5_000;

/** Starts everything. When a part cannot be started, what was started before is stopped, and the error is thrown on. */
export async function compose(config: Config, deps: ComposeDeps): Promise<Product> {
  const stack = createStopStack(deps.log);
  try {
    return await start(config, deps, stack);
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

async function start(config: Config, deps: ComposeDeps, stack: StopStack): Promise<Product> {
  const { log, progress } = deps;
  const store = await openStore(config, deps, stack);
  const { database } = store;
  const metrics = createMetrics();
  const roles = resolveRoles(config.roles);
  const auth = createAuth({ database, clock: systemClock });
  const firstKey = await auth.bootstrap(config.bootstrapApiKey);
  const { engine, routes } = createServices(config, { log, metrics, store, stack });
  const health = createHealth([...storeParts(database), ...(roles.has('engine') ? [enginePart(engine)] : [])]);
  const gateway = createGateway({
    log,
    metrics,
    health,
    authenticate: auth.authenticate,
    routes: roles.has('gateway') ? routes : [],
    workflowSchema,
    version,
    maxBodyBytes: config.maxBodyBytes,
    corsOrigins: config.corsOrigins,
  });
  stack.add('http', () => gateway.close(lastAnswersMs));
  stack.add('engine', () => engine.drain(config.drainTimeoutMs));
  stack.add('readiness', async () => {
    health.drain();
    gateway.drain();
  });
  if (roles.has('engine')) {
    progress('taking up what was running');
    await engine.begin();
  }
  const url = await gateway.listen(config);
  return { url, gateway, database, firstKey, stop: stack.stop };
}

type Store = { readonly database: Database; readonly directUrl: string; readonly exclusive: boolean };

/** The database: ours or the one that is configured, with the schema of this release. */
async function openStore(config: Config, { log, progress, onFatal }: ComposeDeps, stack: StopStack): Promise<Store> {
  const { url, directUrl, exclusive } = await address();
  progress('checking the database');
  await migrate({ url: directUrl, log, progress });
  const database = createDatabase({ url, directUrl, poolSize: config.databasePoolSize, log });
  stack.add('database', database.close);
  return { database, directUrl, exclusive };

  async function address() {
    if (config.databaseUrl !== null) {
      return { url: config.databaseUrl, directUrl: config.databaseDirectUrl ?? config.databaseUrl, exclusive: false };
    }
    progress('starting the embedded PostgreSQL');
    const postgres = await startEmbeddedPostgres({
      dataDir: config.dataDir,
      log,
      progress,
      onExit: ({ how, restarting }) =>
        restarting || onFatal(new Error(`the embedded PostgreSQL ended (${how}) again and again`)),
    });
    stack.add('embedded PostgreSQL', postgres.stop);
    return { url: postgres.url, directUrl: postgres.url, exclusive: postgres.heldExclusively };
  }
}

function storeParts(database: Database): HealthPart[] {
  return [
    { name: 'database', check: async () => void (await database.ping()) },
    {
      name: 'migrations',
      async check() {
        const status = await migrationStatus(database);
        if (status.kind === 'pending') throw new Error(`not applied yet: ${status.names.join(', ')}`);
        if (status.kind === 'unusable') throw new Error(status.reason);
      },
    },
  ];
}

function enginePart(engine: Engine): HealthPart {
  return {
    name: 'engine',
    async check() {
      if (!engine.ready()) throw new Error('the engine takes no work');
    },
  };
}

type ServiceDeps = {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly store: Store;
  readonly stack: StopStack;
};

function createServices(config: Config, { log, metrics, store, stack }: ServiceDeps) {
  const { database } = store;
  const part = (component: string) => log.child({ component });
  const egress = createEgress({ allow: config.egressAllow });
  stack.add('egress', egress.close);
  const actions = createActions({
    egress,
    log: part('action'),
    clock: systemClock,
    limits: { maxOutputBytes: config.maxOutputBytes, functionThreads: config.functionWorkers },
    observe: attemptMetrics(metrics),
  });
  stack.add('actions', actions.attempts.close);
  const resolver = createResolver({ database, actions: actions.registry, monotonic: () => performance.now() });
  const reading = createReading({ database, planOf: resolver.planOf });
  const engine = createEngine({
    database,
    directUrl: store.directUrl,
    exclusive: store.exclusive,
    leaseMs: config.leaseMs,
    maxInFlight: config.maxInFlight,
    actions: actions.attempts,
    planOf: resolver.planOf,
    readHead: reading.find,
    clock: systemClock,
    log: part('engine'),
  });
  const workflows = createWorkflows({
    database,
    actions: actions.registry,
    resolver,
    newId: () => uuidV7(systemClock.now()),
  });
  const { idempotencyTtlMs } = config;
  const tasks = houseTasks({ database, idempotencyTtlMs, clock: systemClock, metrics, log: part('ops') });
  const housekeeping = createHousekeeping({ tasks, log: part('ops'), metrics });
  stack.add('housekeeping', housekeeping.stop);
  housekeeping.start();
  databaseMetrics(metrics, database);
  engineMetrics(metrics, engine);
  const routes = [
    ...workflowRoutes({ workflows, latestExecution: reading.latest }),
    ...engineRoutes({ engine, workflows: resolver, reading }),
  ];
  return { engine, routes };
}
