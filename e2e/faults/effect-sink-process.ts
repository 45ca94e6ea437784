/**
 * The outside world of the fault tests, in a process of its own: every call it receives is on disk before it is answered.
 * One line of JSON a call. Prints its port on the first line of standard output.
 *
 *   node effect-sink-process.ts FILE
 *
 * The address that is called says how it is answered: `?delay=50` after so many milliseconds, `&fail=2` with 503 the first
 * two times that this idempotency key comes.
 */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const file = openSync(process.argv[2] ?? 'effects.jsonl', 'a');
const seen = new Map<string, number>();
let lines: string[] = [];
let answers: (() => void)[] = [];

/** Calls that come in one turn of the event loop share one fsync. */
function write(): void {
  const [batch, ready] = [lines, answers];
  lines = [];
  answers = [];
  writeSync(file, batch.join(''));
  fsyncSync(file);
  for (const answer of ready) answer();
}

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`{"ok":${status === 200}}`);
}

const server = createServer((request, response) => {
  const at = Date.now();
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://sink');
  const key = [request.headers['idempotency-key']].flat()[0] ?? null;
  const times = (seen.get(`${key} ${pathname}`) ?? 0) + 1;
  seen.set(`${key} ${pathname}`, times);
  const status = times > Number(searchParams.get('fail') ?? 0) ? 200 : 503;
  request.resume();
  request.once('end', () => {
    if (lines.length === 0) setImmediate(write);
    lines.push(`${JSON.stringify({ at, path: pathname, key, status })}\n`);
    answers.push(() => void setTimeout(answer, Number(searchParams.get('delay') ?? 0), response, status));
  });
});

server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
process.on('SIGTERM', () => {
  server.close(() => closeSync(file));
  server.closeAllConnections();
});
