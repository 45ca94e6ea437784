/** A step that kills the process which runs it, each time. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import type { RunningServer } from '../../packages/server/testing/server.ts';
import { publish, useStage } from './stage.ts';

const stage = useStage();

it('an execution whose step kills its process is ended after three more deaths, and the others come to their end [F04]', async () => {
  const postgres = await stage.postgres();
  let server: RunningServer | undefined;
  const outside = createServer((request, response) => {
    if (request.url === '/poison') return void (server !== undefined && process.kill(server.pid, 'SIGKILL'));
    setTimeout(() => response.end('{}'), 800);
  }).listen(0);
  onTestFinished(() => {
    outside.closeAllConnections();
    outside.close();
  });
  const url = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
  const env = { DATABASE_URL: postgres.url, CLOUDFLOW_LEASE: '2s' };
  server = await stage.server({ env });
  const { apiKey } = server;
  const call = (id: string, path: string, more: object = {}) => ({
    id,
    type: 'http_request',
    config: { url: `${url}/${path}` },
    ...more,
  });
  await publish(server, 'poison', [call('deadly', 'poison')]);
  await publish(server, 'good', [call('one', 'slow'), call('two', 'slow', { depends_on: ['one'] })]);
  const ledger = await stage.ledger(server);
  for (let n = 0; n < 10; n += 1) await server.api('POST', '/workflows/good/execute', {});
  await server.api('POST', '/workflows/poison/execute', {});

  let deaths = 0;
  const deadline = Date.now() + 70_000;
  for (;;) {
    const died = await Promise.race([server.exited.then(() => true), settled(ledger.rows)]);
    if (!died) break;
    deaths += 1;
    expect(Date.now()).toBeLessThan(deadline);
    server = await stage.server({ env, apiKey });
  }
  const ended = await ledger.rows<{ status: number; error: string | null }>(
    'select status, error from workflow_executions order by status desc',
  );
  expect(ended.map(({ status }) => status)).toEqual([3, ...Array.from({ length: 10 }, () => 2)]);
  expect(ended[0]?.error).toContain('engine_crash_loop');
  expect(deaths).toBe(4); // where it began, and three loads
  expect(await ledger.damage()).toEqual({});
  expect(await server.stop()).toBe(0);
});

/** False when all has ended; never otherwise. */
async function settled(rows: (text: string) => Promise<object[]>): Promise<false> {
  while ((await rows('select from workflow_executions where finished_at is null')).length > 0) await pause(50);
  return false;
}
