/** What a fault test plays on: a folder, the outside world, and a workflow whose every call has an effect there. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, onTestFailed } from 'vitest';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../packages/server/src/kernel/embedded-postgres/embedded-postgres.ts';
import { silentLog } from '../../packages/server/src/kernel/log/log.ts';
import { type RunningServer, type ServerOptions, startServer } from '../../packages/server/testing/server.ts';
import { type EffectSink, startEffectSink } from './effect-sink.ts';
import { type Ledger, openLedger } from './verdict.ts';

export type Stage = {
  folder(): Promise<string>;
  sink(): Promise<EffectSink>;
  /** A PostgreSQL of its own, for several processes of the product. */
  postgres(): Promise<EmbeddedPostgres>;
  /** May call the sink. Killed after the test, whatever came of it. */
  server(options: ServerOptions): Promise<RunningServer>;
  ledger(server: RunningServer): Promise<Ledger>;
};

/** Call once at the top of a test file. What a test has put up is taken down after it, the last first. */
export function useStage(): Stage {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  const later = <T>(thing: T, cleanup: () => Promise<unknown>): T => {
    cleanups.push(cleanup);
    return thing;
  };
  const folder = async (): Promise<string> => {
    const path = await mkdtemp(join(tmpdir(), 'cloudflow-fault-'));
    return later(path, () => rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  };

  return {
    folder,
    async sink() {
      const sink = await startEffectSink(await folder());
      return later(sink, sink.stop);
    },
    async postgres() {
      const dataDir = await folder();
      const postgres = await startEmbeddedPostgres({ dataDir, log: silentLog, progress: () => undefined });
      return later(postgres, postgres.stop);
    },
    async server(options) {
      const env = { CLOUDFLOW_EGRESS_ALLOW: '127.0.0.1', ...options.env };
      const server = await startServer({ ...options, env });
      onTestFailed(() => console.error(`what ${server.url} said last:\n${server.output().slice(-10_000)}`));
      return later(server, () => server.kill());
    },
    async ledger(server) {
      const ledger = await openLedger(server.databaseUrl());
      return later(ledger, ledger.close);
    },
  };
}

/** A step that calls the sink; what it asks of it stands in the query, see effect-sink-process.ts. */
export const effect = (sink: EffectSink, id: string, query: string, more: object = {}): object => ({
  id,
  type: 'http_request',
  config: { method: 'POST', url: `${sink.url}/\${execution.id}/${id}?${query}` },
  ...more,
});
export const after = (...ids: string[]) => ({ depends_on: ids });

export async function publish(server: RunningServer, name: string, steps: readonly object[]): Promise<void> {
  const answer = await server.api('POST', '/workflows', { workflow_id: name, version: '1.0.0', steps });
  if (answer.status !== 201) throw new Error(`not published: ${JSON.stringify(answer.json)}`);
}
