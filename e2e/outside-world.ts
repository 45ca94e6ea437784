/**
 * The outside world of the tests: one real HTTP server that answers as a case has scripted it and remembers what it was
 * asked. Each case has a world of its own under its own path.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export type Reply = {
  readonly status?: number;
  readonly body?: unknown;
  /** In place of JSON. */
  readonly text?: string;
  readonly headers?: Record<string, string>;
  readonly delayMs?: number;
  /** Closes the connection without an answer. */
  readonly hangUp?: boolean;
};

export type Call = { readonly name: string; readonly headers: IncomingHttpHeaders; readonly body: string };

export type World = {
  /** Where this world is; a definition calls `${url}/pay`. */
  readonly url: string;
  /** In the order in which they came; `name` is `POST /pay`. */
  readonly calls: readonly Call[];
  /** The most calls that were under way at the same time. */
  readonly peak: number;
  /** Resolves when there were so many calls; the test's own time limit bounds it. */
  called(times: number): Promise<void>;
};

/** Answers by name, `POST /pay`: one after the other, the last for ever. Without a script: 200 `{ "ok": true }`. */
export type Script = { readonly [name: string]: readonly Reply[] };

type Inside = {
  calls: Call[];
  live: number;
  peak: number;
  script: Script;
  waiting: { times: number; tell: () => void }[];
};

export async function startOutsideWorld() {
  const worlds = new Map<string, Inside>();
  const server = createServer((request, response) => {
    answer(worlds, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  server.keepAliveTimeout = 120_000; // never the one to hang up on an idle connection
  const { port } = server.address() as AddressInfo;

  return {
    world(script: Script = {}): World {
      const id = randomBytes(6).toString('hex');
      const inside: Inside = { calls: [], live: 0, peak: 0, script, waiting: [] };
      worlds.set(id, inside);
      return {
        url: `http://127.0.0.1:${port}/${id}`,
        calls: inside.calls,
        get peak() {
          return inside.peak;
        },
        called: (times) =>
          new Promise((tell) => {
            if (inside.calls.length >= times) tell();
            else inside.waiting.push({ times, tell });
          }),
      };
    },
    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function answer(worlds: ReadonlyMap<string, Inside>, request: IncomingMessage, response: ServerResponse) {
  const [, id = '', ...rest] = (request.url ?? '').split('?')[0]?.split('/') ?? [];
  const world = worlds.get(id);
  if (!world) return response.writeHead(404).end();

  const name = `${request.method} /${rest.join('/')}`;
  const body = await read(request);
  const seen = world.calls.filter((call) => call.name === name).length;
  world.calls.push({ name, headers: request.headers, body });
  world.live += 1;
  world.peak = Math.max(world.peak, world.live);
  response.once('close', () => {
    world.live -= 1;
  });
  for (const { times, tell } of world.waiting) if (world.calls.length >= times) tell();

  const script = world.script[name] ?? [{ body: { ok: true } }];
  const reply = script[Math.min(seen, script.length - 1)] ?? {};
  if (reply.delayMs) await delay(reply.delayMs);
  if (reply.hangUp) return request.socket.destroy();
  return response
    .writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers })
    .end(reply.text ?? JSON.stringify(reply.body ?? {}));
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
