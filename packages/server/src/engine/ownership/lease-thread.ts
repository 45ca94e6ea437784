/**
 * Keeps this process's leases, in a thread with a connection of its own: work that blocks the main loop for a while does
 * not lose them, a main loop that has stopped for good does.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import pg from 'pg';
import type { TimeAnswer } from '../database-clock.ts';
import { SHARDS } from '../execution-id.ts';
import {
  databaseTime,
  type OwnedShard,
  releaseShards,
  renewLeases,
  showMember,
  takeShards,
  withdraw,
} from '../store/leases.ts';
import { sightServer } from '../store/server-sighting.ts';
import type { FromLeaseThread, LeaseSettings, ToLeaseThread } from './lease-protocol.ts';

/** A main loop that has not ticked for so long is not renewed for. */
const TICK_WITHIN_NS = 5_000_000_000n;

const settings = workerData as LeaseSettings;
const ticks = new BigInt64Array(settings.tick);
let generation = 0;
let leaving = false;
let handsOver = false;
let givenUp = new Set<number>();
/** Ends the pause between two rounds. */
let nudge = new AbortController();
let held: readonly OwnedShard[] = [];
let client: pg.Client | null = null;

parentPort?.on('message', (message: ToLeaseThread) => {
  if (message.kind === 'leave') leaving = true;
  else if (message.kind === 'hand_over') handsOver = true;
  else if (message.kind === 'give_up') for (const shard of message.shards) givenUp.add(shard);
  else if (message.kind === 'abandon') generation = message.generation;
  nudge.abort();
});

await keepLeases();
await leaveShards();
parentPort?.close();

async function keepLeases(): Promise<void> {
  let current = generation;
  while (!leaving) {
    nudge = new AbortController(); // before the round: what is said during it is not slept over
    try {
      if (current !== generation) {
        current = generation;
        await startOver();
      }
      if (process.hrtime.bigint() - Atomics.load(ticks, 0) < TICK_WITHIN_NS) await round(await connected(), current);
    } catch (error) {
      tell({ kind: 'trouble', message: error instanceof Error ? error.message : String(error) });
      await disconnect();
    }
    if (current !== generation) continue;
    const pauseMs = client === null ? settings.renewMs / 4 : settings.renewMs;
    await sleep(pauseMs, undefined, { signal: nudge.signal }).catch(() => undefined);
  }
}

/** Gives back what the server that answers now has under our name, so that all of it is taken under new epochs. */
async function startOver(): Promise<void> {
  held = [];
  givenUp = new Set();
  await disconnect();
  await releaseShards(await connected(), settings.owner);
}

async function round(connection: pg.Client, current: number): Promise<void> {
  // Heard before the round is: where the history is another one, the round does not count, and we are told to start over.
  tell({ kind: 'server', sighting: await sightServer(connection) });
  // Here and not in the main thread: an answer that waits for its turn says less.
  const time = await askTime(connection);
  const asked = process.hrtime.bigint();
  const isLeaving = handsOver;
  const members = await showMember(connection, settings, isLeaving);
  const before = held;
  const renewed = await renewLeases(connection, settings, before);
  // The main thread hears of it when the row already says so: the fence stops what it writes in between.
  const parting = renewed.map(({ shard }) => shard).filter((shard) => isLeaving || givenUp.has(shard));
  if (parting.length > 0) await releaseShards(connection, settings.owner, parting);
  const kept = renewed.filter(({ shard }) => !parting.includes(shard)).sort((a, b) => a.shard - b.shard);
  const share = settings.exclusive ? SHARDS : Math.ceil(SHARDS / members);
  const wanted = isLeaving ? 0 : share - kept.length;
  const request = { count: wanted, held: kept.map(({ shard }) => shard), force: settings.exclusive };
  const taken = wanted > 0 ? await takeShards(connection, settings, request) : [];
  for (const shard of parting) givenUp.delete(shard);
  // Only now: a round that fails in between knows no less than before, and the next one compares with that.
  held = [...kept, ...taken];
  const surplus = kept.slice(share).map(({ shard }) => shard);
  const lost = [...missing(before, renewed), ...parting];
  tell({ kind: 'renewed', generation: current, asked, time, taken, lost, surplus, handedOver: isLeaving });
}

async function askTime(connection: pg.Client): Promise<TimeAnswer> {
  const asked = process.hrtime.bigint();
  const at = await databaseTime(connection);
  return { at, asked, answered: process.hrtime.bigint() };
}

function missing(before: readonly OwnedShard[], after: readonly OwnedShard[]): number[] {
  const kept = new Set(after.map(({ shard }) => shard));
  return before.map(({ shard }) => shard).filter((shard) => !kept.has(shard));
}

async function connected(): Promise<pg.Client> {
  if (client !== null) return client;
  const fresh = new pg.Client({
    connectionString: settings.directUrl,
    connectionTimeoutMillis: 2_000,
    query_timeout: settings.leaseMs / 2,
    statement_timeout: settings.leaseMs / 2,
    keepAlive: true,
    pipeline: true, // a query that times out then closes the connection: its late answer must not be taken for another's
    application_name: 'cloudflow leases',
  });
  fresh.on('error', () => undefined); // shows as `end`
  fresh.on('end', () => {
    if (client === fresh) client = null;
  });
  await fresh.connect();
  await fresh.query('set role cloudflow_engine');
  client = fresh;
  return fresh;
}

async function disconnect(): Promise<void> {
  const broken = client;
  client = null;
  await broken?.end().catch(() => undefined);
}

async function leaveShards(): Promise<void> {
  try {
    const connection = await connected();
    await releaseShards(connection, settings.owner);
    await withdraw(connection, settings.owner);
  } catch (error) {
    tell({ kind: 'trouble', message: `leases could not be given back and run out by themselves: ${String(error)}` });
  }
  await disconnect();
}

function tell(message: FromLeaseThread): void {
  parentPort?.postMessage(message);
}
