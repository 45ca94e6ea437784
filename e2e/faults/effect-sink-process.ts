/**
 * The outside world of the fault tests, in a process of its own: every call it receives is on disk before it is answered.
 * One line of JSON a call. Prints its port on the first line of standard output.
 *
 *   node effect-sink-process.ts FILE
 */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const file = openSync(process.argv[2] ?? 'effects.jsonl', 'a');
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

const server = createServer((request, response) => {
  const at = Date.now();
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => {
    body += chunk;
  });
  request.on('end', () => {
    const key = request.headers['idempotency-key'] ?? null;
    if (lines.length === 0) setImmediate(write);
    lines.push(`${JSON.stringify({ at, path: request.url, key, body })}\n`);
    answers.push(() => response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}'));
  });
});

server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
process.on('SIGTERM', () => {
  server.close(() => closeSync(file));
  server.closeAllConnections();
});
