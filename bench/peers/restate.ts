/** Restate: its server from npm, a service in a process of its own, and one HTTP request for each invocation. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttpClient } from '../http-load.ts';
import { type Measured, measure } from '../measure.ts';

export type Restate = { run(count: number, inFlight: number): Promise<Measured>; stop(): Promise<void> };

const READY_WITHIN_MS = 60_000;

export async function startRestate(): Promise<Restate> {
  const baseDir = await mkdtemp(join(tmpdir(), 'cloudflow-bench-restate-'));
  const [ingress, admin, node, service] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const server = spawn(join(import.meta.dirname, 'node_modules/.bin/restate-server'), ['--base-dir', baseDir], {
    stdio: 'ignore',
    detached: true, // what npm starts is a launcher: it and its server are ended as one group
    env: {
      ...process.env,
      RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
      RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
      RESTATE_BIND_ADDRESS: `127.0.0.1:${node}`,
      RESTATE_DISABLE_TELEMETRY: 'true',
      DO_NOT_TRACK: '1',
    },
  });
  const program = join(import.meta.dirname, 'restate-service.ts');
  const worker = spawn(process.execPath, [program, String(service)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // Its SDK writes a line for each invocation unless it is told that this is production.
    env: { ...process.env, NODE_ENV: 'production', RESTATE_LOGGING: 'ERROR' },
  });
  await once(worker.stdout, 'data');
  await register(`http://127.0.0.1:${admin}/deployments`, `http://127.0.0.1:${service}`);
  return {
    run: (count, inFlight) => invoke(`http://127.0.0.1:${ingress}`, count, inFlight),
    async stop() {
      await Promise.all([end(worker), end(server, { group: true })]);
      await rm(baseDir, { recursive: true, force: true });
    },
  };
}

async function invoke(url: string, count: number, inFlight: number): Promise<Measured> {
  const client = createHttpClient(url, 'none', inFlight);
  const measured = await measure({
    count,
    inFlight,
    warmUp: Math.min(500, count),
    wal: () => Promise.resolve(0n), // it keeps its own log
    cpu: () => 0,
    async run() {
      const { status, body } = await client.post('/five/run', '{"name":"customer"}');
      if (status !== 200 || !body.includes('done'))
        throw new Error(`an invocation did not complete: ${status} ${body}`);
    },
  });
  client.close();
  return measured;
}

async function register(admin: string, uri: string): Promise<void> {
  const until = Date.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      const body = JSON.stringify({ uri });
      const answer = await fetch(admin, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
      if (answer.ok) return;
    } catch (error) {
      if (Date.now() > until) throw error;
    }
    if (Date.now() > until) throw new Error('Restate was not ready in time');
    await new Promise((go) => setTimeout(go, 250));
  }
}

/** Nothing of it is kept. */
async function end(child: ChildProcess, { group = false } = {}): Promise<void> {
  const gone = once(child, 'exit');
  if (group && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  else child.kill('SIGKILL');
  await gone;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
