/**
 * Loaded before the product (`node --import`) by the test of crash points, in each of its threads: lets everything pass as it is,
 * and kills the process where crash-point.ts says so.
 */
import { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import pg from 'pg';
import { type CrashPlace, dieHere, folderVariable, readArmed } from './crash-point.ts';

const folder = process.env[folderVariable];
const passed = new Map<string, number>();

/** Kills if a point is armed that stands here, and it was passed often enough. */
function pass(standsHere: (place: CrashPlace) => boolean): void {
  const armed = folder === undefined ? null : readArmed(folder);
  if (folder === undefined || armed === null || !standsHere(armed.place)) return;
  const times = passed.get(armed.name) ?? 0;
  passed.set(armed.name, times + 1);
  if (times === (armed.passage ?? 0)) dieHere(folder, armed.name);
}

type Query = (this: pg.Client, ...args: unknown[]) => unknown;
type Said = string | { readonly name?: string; readonly text?: string };

/** By client: what was said in the transaction under way. */
const transactions = new WeakMap<pg.Client, string>();
const query = pg.Client.prototype.query as unknown as Query;

pg.Client.prototype.query = function watched(this: pg.Client, ...args: unknown[]) {
  const said = args[0] as Said;
  const statement = typeof said === 'string' ? said : `${said.name ?? ''} ${said.text ?? ''}`;
  const isCommit = statement === 'commit';
  const whole = transactions.get(this) ?? '';
  transactions.set(this, isCommit || statement.startsWith('begin') ? '' : `${whole}\n${statement}`.slice(-20_000));
  const at = (moment: string) =>
    pass(
      (place) =>
        'statement' in place &&
        place.moment === moment &&
        new RegExp(place.statement).test(isCommit ? whole : statement),
    );

  at(isCommit ? 'committing' : 'before');
  const answer = query.apply(this, args);
  if (!isCommit) setImmediate(at, 'sent');
  // The first to hear of it: what the product hangs on this promise comes later.
  if (answer instanceof Promise) answer.then(() => at(isCommit ? 'committed' : 'answered')).catch(() => undefined);
  return answer;
} as unknown as typeof pg.Client.prototype.query;

type Connect = (this: Socket, ...args: unknown[]) => Socket;
type Write = (chunk: unknown, ...more: unknown[]) => boolean;
const connect = Socket.prototype.connect as unknown as Connect;

/** Calls of steps alone: the sockets of PostgreSQL say nothing that looks like the head of a request. */
Socket.prototype.connect = function watched(this: Socket, ...args: unknown[]) {
  connect.apply(this, args); // first: it puts its own `write` in place
  let called = '';
  const at = (moment: string) =>
    pass((place) => 'effect' in place && place.moment === moment && called.includes(`/${place.effect}`));
  const write = this.write.bind(this) as Write;
  const push = this.push.bind(this);
  this.write = ((chunk: unknown, ...more: unknown[]) => {
    const [head = ''] = typeof chunk === 'string' ? chunk.split('\r\n', 1) : [];
    if (head.endsWith(' HTTP/1.1')) {
      called = head;
      at('before');
    }
    return write(chunk, ...more);
  }) as typeof this.write;
  this.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk !== null) at('answered');
    return push(chunk, encoding);
  };
  return this;
} as unknown as typeof Socket.prototype.connect;

const writeHead = ServerResponse.prototype.writeHead as (this: ServerResponse, ...args: unknown[]) => ServerResponse;
ServerResponse.prototype.writeHead = function watched(this: ServerResponse, ...args: unknown[]) {
  const asked = `${this.req.method} ${this.req.url}`;
  pass((place) => 'answer' in place && asked.startsWith(place.answer));
  return writeHead.apply(this, args);
} as typeof ServerResponse.prototype.writeHead;

const { setTimeout: setTimer } = globalThis;
const watchedTimer = (call: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
  setTimer(
    (...given: unknown[]) => {
      pass((place) => 'timer' in place && place.timer === call.name);
      call(...given);
    },
    ms,
    ...args,
  );
// `promisify` finds its own form of it among the properties.
globalThis.setTimeout = Object.defineProperties(
  watchedTimer,
  Object.getOwnPropertyDescriptors(setTimer),
) as typeof globalThis.setTimeout;
