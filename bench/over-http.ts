/** The whole product over HTTP, in a process of its own as a user would run it; the client is in this one. */

import { input, type Name } from './definitions.ts';
import { createHttpClient, type HttpClient } from './http-load.ts';
import { type Measured, measure, quantile } from './measure.ts';
import { startProduct } from './product-process.ts';

export type OverHttp = {
  /** One request for each execution, answered when it has ended. */
  run(name: Name, count: number, inFlight: number): Promise<Measured>;
  /** Starts without waiting for the end, so many a second, whatever the answers take. */
  startAtRate(name: Name, perSecond: number, seconds: number): Promise<Measured>;
  /** Starts in batches of 100. `toTheEnd`: the time until all of them have ended; else until all are accepted. */
  startBatches(name: Name, count: number, toTheEnd: boolean): Promise<Measured>;
  close(): Promise<void>;
};

export type OverHttpDeps = {
  readonly databaseUrl: string;
  readonly wal: () => Promise<bigint>;
  /** Executions that have not ended. */
  readonly unfinished: () => Promise<number>;
};

const BATCH = 100;
const CLIENTS = 200;

export async function startOverHttp({ databaseUrl, wal, unfinished }: OverHttpDeps): Promise<OverHttp> {
  const product = await startProduct(databaseUrl);
  const body = JSON.stringify({ input });
  const connect = (connections: number): HttpClient => createHttpClient(product.url, product.key, connections);

  async function measured(client: HttpClient, options: Omit<Parameters<typeof measure>[0], 'wal' | 'cpu'>) {
    const result = await measure({ ...options, wal, cpu: () => product.cpu() });
    client.close();
    return result;
  }

  return {
    async run(name, count, inFlight) {
      const client = connect(inFlight);
      const warmUp = Math.min(2_000, count);
      return measured(client, { count, inFlight, warmUp, run: () => execute(client, name, body) });
    },
    async startAtRate(name, perSecond, seconds) {
      const client = connect(CLIENTS);
      const result = await atRate(perSecond, seconds, () => start(client, name, body));
      client.close();
      await ended(unfinished);
      return result;
    },
    async startBatches(name, count, toTheEnd) {
      const client = connect(4);
      const batch = JSON.stringify({ items: Array.from({ length: BATCH }, () => ({ input })) });
      const path = `/api/v1/workflows/${name}/execute/batch`;
      const batches = Math.ceil(count / BATCH);
      const since = performance.now();
      const accepted = await measured(client, {
        count: batches,
        inFlight: 4,
        warmUp: 0,
        run: async () => mustBe(202, await client.post(path, batch)),
      });
      const seconds = batches / accepted.executionsPerSecond;
      await ended(unfinished);
      const took = toTheEnd ? (performance.now() - since) / 1_000 : seconds;
      const { walBytes, cpuMicros } = accepted;
      return {
        ...accepted,
        executionsPerSecond: Math.round((batches * BATCH) / took),
        walBytes: Math.round(walBytes / BATCH),
        cpuMicros: Math.round(cpuMicros / BATCH),
      };
    },
    close: () => product.stop(),
  };
}

async function execute(client: HttpClient, name: Name, body: string): Promise<void> {
  const answer = await client.post(`/api/v1/workflows/${name}/execute?wait=30s`, body);
  mustBe(200, answer);
  if (!answer.body.includes('"status":"COMPLETED"')) throw new Error(`an execution did not complete: ${answer.body}`);
}

async function start(client: HttpClient, name: Name, body: string): Promise<void> {
  mustBe(202, await client.post(`/api/v1/workflows/${name}/execute`, body));
}

function mustBe(status: number, answer: { readonly status: number; readonly body: string }): void {
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status} ${answer.body}`);
}

/**
 * Requests at fixed times. A latency counts from when its request was due, so that a server that falls behind shows it
 * (else the requests that it holds up would not be counted: "coordinated omission").
 */
async function atRate(perSecond: number, seconds: number, run: () => Promise<void>): Promise<Measured> {
  const count = perSecond * seconds;
  const latencies: number[] = [];
  const open = new Set<Promise<void>>();
  const since = performance.now();
  for (let sent = 0; sent < count; ) {
    const dueBy = Math.min(count, Math.floor(((performance.now() - since) / 1_000) * perSecond));
    for (; sent < dueBy && open.size < CLIENTS; sent += 1) {
      const due = since + (sent / perSecond) * 1_000;
      const request = run().then(() => {
        latencies.push(performance.now() - due);
        open.delete(request);
      });
      open.add(request);
    }
    await new Promise((go) => setTimeout(go, 1));
  }
  await Promise.all(open);
  const took = (performance.now() - since) / 1_000;
  latencies.sort((a, b) => a - b);
  return {
    executionsPerSecond: Math.round(count / took),
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    walBytes: 0,
    cpuMicros: 0,
  };
}

async function ended(unfinished: () => Promise<number>): Promise<void> {
  while ((await unfinished()) > 0) await new Promise((go) => setTimeout(go, 10));
}
