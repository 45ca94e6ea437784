/** The product in a process of its own, with the workflows that are measured. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { generateApiKey } from '../packages/server/src/auth/api-key.ts';
import { definition, names } from './definitions.ts';
import { createHttpClient } from './http-load.ts';

export type ProductProcess = {
  readonly url: string;
  readonly key: string;
  readonly pid: number;
  /** Microseconds of processor time so far; 0 where the system does not say. */
  cpu(): number;
  /** Bytes of memory that it holds; 0 where the system does not say. */
  resident(): number;
  stop(): Promise<void>;
  /** As a machine that loses its power would: nothing is told to it. */
  kill(): Promise<void>;
};

/** `heapMb`: what V8 may use for objects; what holds more than that dies. */
export async function startProduct(
  databaseUrl: string,
  key: string = generateApiKey(),
  heapMb?: number,
): Promise<ProductProcess> {
  const env = { ...process.env, DATABASE_URL: databaseUrl, PORT: '0', CLOUDFLOW_BOOTSTRAP_API_KEY: key };
  const program = fileURLToPath(new URL('./server-process.ts', import.meta.url));
  const limits = heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`];
  const child = spawn(process.execPath, [...limits, program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await urlOf(child);
  await publish(url, key);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  return {
    url,
    key,
    pid: child.pid ?? 0,
    cpu: () => cpuOf(child),
    resident: () => residentOf(child),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

async function urlOf(child: ChildProcess): Promise<string> {
  if (child.stdout !== null) {
    for await (const text of createInterface({ input: child.stdout })) {
      const { url } = JSON.parse(text) as { url?: string };
      if (url !== undefined) return url;
    }
  }
  throw new Error('the product ended before it was ready');
}

async function publish(url: string, key: string): Promise<void> {
  const client = createHttpClient(url, key, 1);
  for (const name of names) {
    const { status, body } = await client.post('/api/v1/workflows', JSON.stringify(definition(name)));
    if (status !== 201 && status !== 200) throw new Error(`the workflow was refused: ${body}`);
  }
  client.close();
}

function cpuOf({ pid }: ChildProcess): number {
  const fields = ofProcess(pid, 'stat').split(') ')[1]?.split(' ') ?? [];
  const ticks = Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  return ticks * 10_000; // a tick is 10 ms on every Linux that Node runs on
}

function residentOf({ pid }: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(ofProcess(pid, 'status'))?.[1] ?? 0) * 1_024;
}

function ofProcess(pid: number | undefined, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
