/**
 * Puts the product together: with the folder beside it, the only place that chooses adapters and knows all services.
 * `main.ts` and tests start it.
 */
import { workflowSchema } from '@cloudflow/core/definition/schema/workflow-schema.ts';
import type { Action } from './action/index.ts';
import { createAuth } from './auth/index.ts';
import { databaseParts, openDatabase } from './compose/open-database.ts';
import { createServices } from './compose/services.ts';
import { createStopStack, type StopStack } from './compose/stop-stack.ts';
import type { Config } from './config.ts';
import type { Engine, EngineState } from './engine/index.ts';
import { createGateway, type Gateway } from './gateway/index.ts';
import { systemClock } from './kernel/clock/clock.ts';
import type { Database } from './kernel/db/database.ts';
import { createHealth, type HealthPart } from './kernel/health/health.ts';
import type { Logger } from './kernel/log/log.ts';
import { createMetrics } from './kernel/metrics/metrics.ts';
import { resolveRoles } from './roles.ts';
import { version } from './version.ts';

export type ComposeDeps = {
  readonly log: Logger;
  /** One line for the person who waits. */
  readonly progress: (message: string) => void;
  /** The product cannot go on: its own database, or its engine, is gone for good. */
  readonly onFatal: (error: Error) => void;
  /** Actions beside those that come with the product. */
  readonly moreActions?: readonly Action[];
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
  const opened = await openDatabase(config, { ...deps, stack });
  const { database } = opened;
  const metrics = createMetrics();
  const roles = resolveRoles(config.roles);
  const auth = createAuth({ database, clock: systemClock });
  if (config.bootstrapApiKey !== null) await auth.ensureBootstrapKey(config.bootstrapApiKey);
  const { engine, operations, housekeeping, routes } = createServices(config, { ...deps, metrics, opened, stack });
  const health = createHealth([...databaseParts(database), enginePart(engine)]);
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
  stack.add('operations', operations.stop);
  stack.add('readiness', async () => {
    health.drain();
    gateway.drain();
  });
  const drives = roles.has('engine');
  if (drives) progress('taking up what was running');
  // Without the role it accepts starts, and leaves them to those that have it.
  await engine.begin({ drives });
  const url = await gateway.listen(config);
  if (drives) {
    operations.begin();
    housekeeping.start();
  }
  const firstKey = config.bootstrapApiKey === null ? await auth.makeFirstKey() : null;
  return { url, gateway, database, firstKey, stop: stack.stop };
}

function enginePart(engine: Engine & Pick<EngineState, 'complaint'>): HealthPart {
  return {
    name: 'engine',
    async check() {
      if (!engine.ready()) throw new Error('the engine takes no work');
      // No reason to send this process no requests: others would find the same.
      return engine.complaint() ?? undefined;
    },
  };
}
