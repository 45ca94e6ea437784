/** The real product as a process of its own, for tests of the whole and for benchmarks. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { apiKeyPrefix, generateApiKey, hashApiKey } from '../src/auth/api-key.ts';
import { clusterDatabase, clusterUser } from '../src/kernel/embedded-postgres/cluster.ts';

export type ServerOptions = {
  /** Joins the environment of the process; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Kept when the server stops; a temporary one that is removed when absent. */
  readonly dataDir?: string;
  readonly port?: number;
  readonly apiKey?: string;
  /** Options of the command line. */
  readonly arguments?: readonly string[];
  readonly startTimeoutMs?: number;
};

export type ApiAnswer = { readonly status: number; readonly headers: Headers; readonly json: unknown };

export type RunningServer = {
  readonly url: string;
  readonly port: number;
  /** Of the default tenant's administrator. */
  readonly apiKey: string;
  readonly dataDir: string;
  /** Of the process group too. */
  readonly pid: number;
  /** Everything that it printed so far. */
  output(): string;
  /** One call below /api/v1 as the administrator. */
  api(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<ApiAnswer>;
  /** Where its PostgreSQL is, for the owner. */
  databaseUrl(): string;
  /** Makes a tenant, and returns a key of its administrator. */
  addTenant(): Promise<string>;
  /** Sends SIGTERM and waits; returns the exit code. Removes a temporary data directory. */
  stop(): Promise<number | null>;
  /** kill -9 of the whole process group, PostgreSQL included. The data stays. */
  kill(): Promise<void>;
  /** Resolves to the exit code when the process has ended, however that came. */
  readonly exited: Promise<number | null>;
};

const sharedMasterKey = Buffer.alloc(32, 7).toString('base64');

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** Resolves when the ready line is printed; rejects with the output when the process ends before. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'cloudflow-')));
  const apiKey = options.apiKey ?? generateApiKey();
  const { child, output, exited } = spawnServer({ ...options, dataDir, apiKey });
  const url = await readyAddress(child, { output, exited, timeoutMs: options.startTimeoutMs ?? 60_000 });
  const databaseUrl = () => options.env?.['DATABASE_URL'] ?? embeddedUrl(dataDir);
  const server: RunningServer = {
    url,
    port: Number(new URL(url).port),
    apiKey,
    dataDir,
    pid: child.pid ?? 0,
    output,
    exited,
    databaseUrl,
    addTenant: () => addTenant(databaseUrl()),
    api: (method, path, body, headers) => call({ url, apiKey }, { method, path, body, headers }),
    async stop() {
      child.kill('SIGTERM');
      const code = await exited;
      if (options.dataDir === undefined)
        await rm(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
      return code;
    },
    async kill() {
      killGroup(child);
      await exited;
    },
  };
  return server;
}

export type SpawnedServer = {
  readonly child: ChildProcess;
  output(): string;
  readonly exited: Promise<number | null>;
};

/** Starts the process and does not wait for it to be ready: for tests of starts that fail. */
export function spawnServer(
  options: ServerOptions & { readonly dataDir: string; readonly apiKey?: string },
): SpawnedServer {
  const child = spawn(process.execPath, [main, ...(options.arguments ?? [])], {
    env: environment(options),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that kill() reaches PostgreSQL too.
    detached: true,
  });
  let text = '';
  const keep = (chunk: Buffer) => {
    text += chunk.toString();
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const exited = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code));
  });
  // A test run that is broken off leaves nothing running.
  const leave = () => killGroup(child);
  process.once('exit', leave);
  void exited.then(() => process.off('exit', leave));
  return { child, output: () => text, exited };
}

function environment({ env, dataDir, apiKey, port }: ServerOptions & { readonly dataDir: string }): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(CLOUDFLOW_|DATABASE_|PORT$|HOST$)/.test(name));
  return {
    ...Object.fromEntries(inherited),
    PORT: String(port ?? 0),
    CLOUDFLOW_DATA_DIR: dataDir,
    CLOUDFLOW_LOG_LEVEL: 'warn',
    // Several processes of one test may share a database; with one of its own each uses the file of its data directory.
    ...(env?.['DATABASE_URL'] !== undefined && { CLOUDFLOW_MASTER_KEY: sharedMasterKey }),
    ...(apiKey !== undefined && { CLOUDFLOW_BOOTSTRAP_API_KEY: apiKey }),
    ...env,
  };
}

type Ready = { readonly output: () => string; readonly exited: Promise<number | null>; readonly timeoutMs: number };

function readyAddress(child: ChildProcess, { output, exited, timeoutMs }: Ready): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`the server ${why}:\n${output()}`));
    const timer = setTimeout(() => {
      killGroup(child);
      fail(`was not ready within ${timeoutMs} ms`);
    }, timeoutMs);
    child.stdout?.on('data', () => {
      const address = /^CloudFlow is ready on (\S+)$/m.exec(output())?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    });
    void exited.then((code) => {
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/** The server writes its port and socket beside its data. */
function embeddedUrl(dataDir: string): string {
  const file = join(dataDir, 'postgres', 'postmaster.pid');
  if (!existsSync(file)) throw new Error(`no PostgreSQL runs in ${dataDir}`);
  const [, , , port = '', socketDir = '', address = ''] = readFileSync(file, 'utf8').split('\n');
  const host = socketDir.trim() === '' ? address.trim() : socketDir.trim();
  return `postgres://${clusterUser}@localhost/${clusterDatabase}?host=${encodeURIComponent(host)}&port=${port.trim()}`;
}

async function addTenant(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const [tenant, key] = [randomUUID(), generateApiKey()];
    const slug = `tenant-${randomInt(1_000_000_000)}`;
    await client.query('insert into tenants (id, slug, name) values ($1, $2, $2)', [tenant, slug]);
    await client.query(
      `insert into api_keys (id, tenant_id, name, prefix, key_hash, permissions) values ($1, $2, 'test', $3, $4, '{*}')`,
      [randomUUID(), tenant, apiKeyPrefix(key), hashApiKey(key)],
    );
    return key;
  } finally {
    await client.end();
  }
}

type Call = {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>> | undefined;
};

async function call(
  at: { readonly url: string; readonly apiKey: string },
  { method, path, body, headers }: Call,
): Promise<ApiAnswer> {
  const response = await fetch(`${at.url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${at.apiKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, json: text === '' ? undefined : JSON.parse(text) };
}
