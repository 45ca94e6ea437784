/** The program from outside: how it starts, what it says when it cannot, and how it ends. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type RunningServer, type SpawnedServer, spawnServer, startServer } from '../packages/server/testing/server.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function aDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'cloudflow life '));
  cleanups.push(() => rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  return path;
}

async function aServer(options: Parameters<typeof startServer>[0] = {}): Promise<RunningServer> {
  const server = await startServer(options);
  cleanups.push(() => server.kill());
  return server;
}

async function run(options: Omit<Parameters<typeof spawnServer>[0], 'dataDir'> & { readonly dataDir?: string }) {
  const server: SpawnedServer = spawnServer({ ...options, dataDir: options.dataDir ?? (await aDirectory()) });
  cleanups.push(async () => server.child.kill('SIGKILL'));
  const code = await server.exited;
  return { code, output: server.output() };
}

describe('the first start', () => {
  it('prints the key of the administrator once, with a line to try it, and it works', async () => {
    const dataDir = await aDirectory();
    const withoutKey = { dataDir, env: { CLOUDFLOW_BOOTSTRAP_API_KEY: undefined } };
    const first = await aServer(withoutKey);
    const key = /cfk_live_[A-Za-z0-9]{32}/.exec(first.output())?.[0] ?? '';
    expect(first.output()).toContain(`curl ${first.url}/api/v1/workflows -H 'Authorization: Bearer ${key}'`);
    expect((await fetch(`${first.url}/api/v1/workflows`, { headers: { 'x-api-key': key } })).status).toBe(200);
    expect(await first.stop()).toBe(0);

    const second = await aServer(withoutKey);
    expect(second.output()).not.toContain('cfk_live_');
    expect((await fetch(`${second.url}/api/v1/workflows`, { headers: { 'x-api-key': key } })).status).toBe(200);
    expect(await second.stop()).toBe(0);
  });

  it('prints no key when one is configured', async () => {
    const server = await aServer();
    expect(server.output()).not.toContain('cfk_live_');
    expect(server.output()).toMatch(/^CloudFlow is ready on http:\/\/127\.0\.0\.1:\d+$/m);
    expect((await server.api('GET', '/workflows')).status).toBe(200);
    expect(await server.stop()).toBe(0);
  });
});

describe('a start that cannot be', () => {
  it('lists everything that is wrong with the configuration, without a stack, and exits with 2', async () => {
    const { code, output } = await run({ env: { PORT: 'x', CLOUDFLOW_LEASE: '1y', CLOUDFLOW_DATADIR: '/x' } });
    expect(code).toBe(2);
    expect(output).toContain('did you mean CLOUDFLOW_DATA_DIR?');
    expect(output).toMatch(/PORT: expected[\s\S]*CLOUDFLOW_LEASE: expected/);
    expect(output).not.toMatch(/\n\s+at /);
  });

  it('refuses an option that does not exist with the one that was meant', async () => {
    const { code, output } = await run({ arguments: ['--print-confg'] });
    expect([code, output]).toEqual([2, expect.stringContaining('did you mean --print-config?')]);
  });

  it('says in one line that the port is taken, and leaves nothing running', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => new Promise((resolve) => holder.close(resolve)));
    const { port } = holder.address() as AddressInfo;
    const dataDir = await aDirectory();
    const { code, output } = await run({ dataDir, port });
    expect(code).toBe(1);
    expect(output.trim().split('\n')).toEqual([
      expect.stringMatching(new RegExp(`^CloudFlow cannot start: .*:${port} is in use .* PORT$`)),
    ]);
    const again = await aServer({ dataDir });
    expect(again.output()).not.toContain('left running');
    expect(await again.stop()).toBe(0);
  });

  it('refuses a data directory that another process uses, in one line', async () => {
    const dataDir = await aDirectory();
    const first = await aServer({ dataDir });
    const { code, output } = await run({ dataDir });
    expect(code).toBe(1);
    expect(output.trim().split('\n')).toEqual([expect.stringContaining('CloudFlow cannot start: ')]);
    expect((await first.api('GET', '/workflows')).status).toBe(200);
    expect(await first.stop()).toBe(0);
  });

  it('does not serve without its master key, says which one it needs, and makes no other [F28]', async () => {
    const dataDir = await aDirectory();
    const first = await aServer({ dataDir });
    const key = join(dataDir, 'master.key');
    const right = await readFile(key, 'utf8');
    await first.api('POST', '/credentials', { name: 'KEY', type: 'generic', values: { value: 'a secret' } });
    expect(await first.stop()).toBe(0);

    await rm(key);
    const without = await run({ dataDir });
    expect(without.code).toBe(1);
    expect(without.output.trim().split('\n')).toEqual([
      expect.stringMatching(
        /^CloudFlow cannot start: this database was encrypted with the master key [0-9a-f]{16}, and there is no /,
      ),
    ]);
    const other = { CLOUDFLOW_MASTER_KEY: Buffer.alloc(32, 1).toString('base64') };
    const wrong = await run({ dataDir, env: other });
    expect(wrong.code).toBe(1);
    expect(wrong.output).toContain('and the one in CLOUDFLOW_MASTER_KEY is ');
    expect(wrong.output).not.toContain(other.CLOUDFLOW_MASTER_KEY);

    await writeFile(key, right);
    const again = await aServer({ dataDir, env: { ...other, CLOUDFLOW_MASTER_KEY_PREVIOUS_FILE: key } });
    expect((await again.api('GET', '/credentials')).json).toMatchObject({ data: [{ name: 'KEY' }] });
  });

  it('waits a little for a database, then says which one cannot be reached, without its password', async () => {
    const { code, output } = await run({ env: { DATABASE_URL: 'postgres://me:hunter2@127.0.0.1:9/flows' } });
    expect(code).toBe(1);
    expect(output.trim().split('\n')).toEqual([
      expect.stringMatching(/127\.0\.0\.1:9\/flows cannot be used .*DATABASE_URL/),
    ]);
    expect(output).not.toContain('hunter2');
  });
});

describe('asking instead of starting', () => {
  it('prints the configuration with its secrets masked, the help, and the version', async () => {
    const options = ['--print-config', '--roles', 'gateway'];
    const config = await run({ arguments: options, apiKey: `cfk_live_${'a'.repeat(32)}`, port: 9000 });
    expect([config.code, config.output]).toEqual([0, expect.stringContaining('PORT=9000')]);
    expect(config.output).toContain('CLOUDFLOW_BOOTSTRAP_API_KEY=[masked]');
    expect(config.output).toContain('CLOUDFLOW_ROLES=gateway\n');
    const help = await run({ arguments: ['--help'] });
    expect([help.code, help.output]).toEqual([0, expect.stringContaining('CLOUDFLOW_DATA_DIR')]);
    expect((await run({ arguments: ['--version'] })).output).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('the end', () => {
  it('answers who waits with 202, closes idle connections, and exits with 0 on SIGTERM, which it logs with its time', async () => {
    const server = await aServer({ env: { CLOUDFLOW_LOG_LEVEL: 'info' } });
    await server.api('POST', '/workflows', nap);
    const idle = connect(server.port, '127.0.0.1');
    const idleClosed = new Promise((resolve) => idle.once('close', resolve));
    await new Promise((resolve) => idle.once('connect', resolve));
    const waiting = server.api('POST', '/workflows/nap/execute?wait=40s', {});
    await expect.poll(async () => JSON.stringify((await server.api('GET', '/executions')).json)).toContain('"RUNNING"');
    const began = performance.now();
    const code = server.stop();
    expect((await waiting).status).toBe(202);
    await idleClosed;
    expect(await code).toBe(0);
    expect(performance.now() - began).toBeLessThan(10_000);
    const last = JSON.parse(server.output().trim().split('\n').at(-1) ?? '');
    expect(last).toMatchObject({ signal: 'SIGTERM', message: 'stopped', ms: expect.any(Number) });
  });

  it('is at once on a second signal, and the next start takes everything up', async () => {
    const dataDir = await aDirectory();
    const slow = createServer(() => undefined);
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
    cleanups.push(async () => slow.closeAllConnections());
    const { port } = slow.address() as AddressInfo;
    const env = { CLOUDFLOW_EGRESS_ALLOW: '127.0.0.1', CLOUDFLOW_LOG_LEVEL: 'info' };
    const server = await aServer({ dataDir, env });
    const called = new Promise((resolve) => slow.once('request', resolve));
    await server.api('POST', '/workflows', calling(port));
    await server.api('POST', '/workflows/calling/execute', {});
    await called;
    process.kill(server.pid, 'SIGTERM');
    await expect.poll(() => server.output()).toContain('once more to end at once');
    process.kill(server.pid, 'SIGINT');
    expect(await server.exited).toBe(130);

    const next = await aServer({ dataDir, env, apiKey: server.apiKey });
    expect(JSON.stringify((await next.api('GET', '/executions')).json)).toContain('"RUNNING"');
    await next.kill();
  });
});

const nap = {
  workflow_id: 'nap',
  name: 'Nap',
  version: '1.0.0',
  steps: [{ id: 'nap', type: 'wait', config: { for: '1h' } }],
};

function calling(port: number) {
  const config = { url: `http://127.0.0.1:${port}/`, method: 'GET' };
  return {
    workflow_id: 'calling',
    name: 'Calling',
    version: '1.0.0',
    steps: [{ id: 'call', type: 'http_request', config }],
  };
}
