/** The engine in this process, without HTTP: durable executions on a real PostgreSQL, everything on. */

import { compile } from '@cloudflow/core/definition/compile.ts';
import type { Plan } from '@cloudflow/core/definition/plan.ts';
import type { AttemptRunner } from '../packages/server/src/action/index.ts';
import { createEngine } from '../packages/server/src/engine/create-engine.ts';
import type { Engine } from '../packages/server/src/engine/engine.ts';
import { createPostgresBlobs } from '../packages/server/src/kernel/blob/postgres-blobs.ts';
import { systemClock } from '../packages/server/src/kernel/clock/clock.ts';
import { createDatabase } from '../packages/server/src/kernel/db/create-database.ts';
import { type Database, defaultTenantId } from '../packages/server/src/kernel/db/database.ts';
import { silentLog } from '../packages/server/src/kernel/log/log.ts';
import { definition, input, type Name } from './definitions.ts';
import { type Measured, measure } from './measure.ts';

/** An action that does nothing but has an outcome: what is measured is the engine, not somebody's service. */
const trivial: AttemptRunner = {
  run: (request) => Promise.resolve({ output: { ok: true, path: request.path } }),
  running: 0,
  close: () => Promise.resolve(),
};

const catalog = {
  find: (type: string) =>
    type === 'trivial' ? { type, configSchema: { type: 'object' }, defaultTimeoutMs: 10_000 } : undefined,
  types: () => ['trivial'],
};

export type InProcess = {
  run(plan: Plan, count: number, inFlight: number): Promise<Measured>;
  plan(name: Name): Plan;
  close(): Promise<void>;
};

export async function startInProcess(url: string, wal: () => Promise<bigint>): Promise<InProcess> {
  const database: Database = createDatabase({ url, directUrl: url, poolSize: 5, log: silentLog });
  const engine: Engine = createEngine({
    database,
    directUrl: url,
    exclusive: true,
    leaseMs: 6_000,
    maxInFlight: 10_000,
    actions: trivial,
    resolveForStart: () => Promise.reject(new Error('nothing calls anything here')),
    planOf: () => Promise.reject(new Error('nothing is recovered here')),
    readHead: () => Promise.resolve(undefined),
    blobs: createPostgresBlobs(database),
    secrets: {
      sealer: () => Promise.reject(new Error('nothing is sensitive here')),
      open: () => Promise.reject(new Error('nothing is sensitive here')),
    },
    clock: systemClock,
    log: silentLog,
    onFatal(error) {
      throw error;
    },
  });
  await engine.begin();
  const id = crypto.randomUUID();
  return {
    plan(name) {
      const compiled = compile(definition(name), catalog);
      if ('plan' in compiled) return compiled.plan;
      throw new Error(JSON.stringify(compiled.errors));
    },
    run: (plan, count, inFlight) =>
      measure({
        count,
        inFlight,
        wal,
        warmUp: Math.min(1_000, count),
        async run() {
          const { workflowId: slug, version } = plan;
          const request = {
            tenantId: defaultTenantId,
            workflowId: id,
            versionId: id,
            slug,
            version,
            plan,
            input,
            trigger: { type: 'bench' },
            correlationId: 'bench',
          };
          const result = await engine.start(request, { waitMs: 30_000 });
          if (result.kind !== 'started' || result.finished?.status !== 'COMPLETED')
            throw new Error(`an execution did not complete: ${JSON.stringify(result)}`);
        },
      }),
    async close() {
      await engine.drain(5_000);
      await database.close();
    },
  };
}
