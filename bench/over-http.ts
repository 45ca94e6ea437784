/** The whole product over HTTP: one process, an API key, one request for each execution, answered when it has ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { generateApiKey } from '../packages/server/src/auth/api-key.ts';
import { createHttpClient, type HttpClient } from './http-load.ts';
import { fiveSteps, input } from './in-process.ts';
import { type Measured, measure } from './measure.ts';

export type OverHttp = {
  run(type: 'trivial' | 'transform', count: number, inFlight: number): Promise<Measured>;
  close(): Promise<void>;
};

export async function startOverHttp(databaseUrl: string, wal: () => Promise<bigint>): Promise<OverHttp> {
  const key = generateApiKey();
  const { child, url } = await startProduct(databaseUrl, key);
  const setUp = createHttpClient(url, key, 1);
  for (const type of ['trivial', 'transform'] as const) {
    const { status, body } = await setUp.post('/api/v1/workflows', JSON.stringify(fiveSteps(type)));
    if (status !== 201) throw new Error(`the workflow was refused: ${body}`);
  }
  setUp.close();
  return {
    async run(type, count, inFlight) {
      const client = createHttpClient(url, key, inFlight);
      const body = JSON.stringify({ input });
      const cpu = () => processCpu(child);
      const measured = await measure({
        count,
        inFlight,
        wal,
        cpu,
        warmUp: Math.min(2_000, count),
        run: () => execute(client, type, body),
      });
      client.close();
      return measured;
    },
    async close() {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}

async function startProduct(databaseUrl: string, key: string): Promise<{ child: ChildProcess; url: string }> {
  const env = { ...process.env, DATABASE_URL: databaseUrl, PORT: '0', CLOUDFLOW_BOOTSTRAP_API_KEY: key };
  const program = fileURLToPath(new URL('./server-process.ts', import.meta.url));
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const text of createInterface({ input: child.stdout })) {
    const { url } = JSON.parse(text) as { url?: string };
    if (url !== undefined) return { child, url };
  }
  throw new Error('the product ended before it was ready');
}

async function execute(client: HttpClient, type: string, body: string): Promise<void> {
  const answer = await client.post(`/api/v1/workflows/five-${type}/execute?wait=30s`, body);
  if (answer.status !== 200 || !answer.body.includes('"status":"COMPLETED"')) {
    throw new Error(`an execution did not complete: ${answer.status} ${answer.body}`);
  }
}

/** Microseconds of processor time of the product's process; 0 where the system does not say. */
function processCpu({ pid }: ChildProcess): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const ticks = Number(fields[11]) + Number(fields[12]);
    return ticks * 10_000; // a tick is 10 ms on every Linux that Node runs on
  } catch {
    return 0;
  }
}
