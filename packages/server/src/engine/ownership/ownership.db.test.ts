import { randomUUID } from 'node:crypto';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { useJournal } from '../../../testing/journal.ts';
import { createLog, silentLog } from '../../kernel/log/log.ts';
import { createOwnership, type Ownership, type OwnershipDeps } from './ownership.ts';

const journal = useJournal();
const { rows, one, afterwards } = journal;

describe('one process', () => {
  it('takes all shards at its first round, each under an epoch of its own, and gives them back when it stops', async () => {
    const { ownership, owner, taken } = await aProcess();
    expect(ownership.ownedShards()).toHaveLength(256);
    expect(new Set(taken.map(({ epoch }) => epoch)).size).toBe(256);
    expect(await one(`select count(*)::int as n from shards where owner = '${owner}' and lease_until > now()`)).toEqual(
      { n: 256 },
    );
    await ownership.stop();
    expect(await one('select count(owner)::int as n from shards')).toEqual({ n: 0 });
    expect(await rows('select id from engine_members')).toEqual([]);
    expect(ownership.owns(1)).toBe(false);
  });

  it('takes all shards at once whatever leases earlier boots have left, when the data directory is locked [F13]', async () => {
    const { owner: before } = await aDeadProcess();
    const { ownership } = await aProcess({ exclusive: true });
    expect(ownership.ownedShards()).toHaveLength(256);
    expect(await one(`select count(*)::int as n from shards where owner = '${before}'`)).toEqual({ n: 0 });
  });

  it('takes again, under new epochs, what bears its name and is not known to it', async () => {
    const owner = randomUUID();
    await rows(
      `update shards set owner = '${owner}', epoch = nextval('shard_epochs'), lease_until = now() + interval '1 hour'`,
    );
    const { ownership } = await aProcess({ owner });
    expect(ownership.ownedShards()).toHaveLength(256);
  });

  it('renews its leases while it lives', async () => {
    const { owner } = await aProcess();
    const before = await leaseUntil(owner);
    await expect.poll(() => leaseUntil(owner), { interval: 20 }).toBeGreaterThan(before + 100);
  });

  it('keeps a lease that has run out and that nobody took', async () => {
    const { ownership, owner } = await aProcess();
    const epoch = ownership.epochOf(7);
    await rows(`update shards set lease_until = now() - interval '1 hour' where shard = 7`);
    await expect
      .poll(() => one(`select lease_until > now() as live from shards where shard = 7 and owner = '${owner}'`), {
        interval: 20,
      })
      .toEqual({ live: true });
    expect(ownership.epochOf(7)).toBe(epoch);
  });

  it('reports shards that another one has taken as lost, and keeps the others [F09]', async () => {
    const { ownership, lost } = await aProcess();
    await rows(
      `update shards set owner = gen_random_uuid(), epoch = nextval('shard_epochs'), lease_until = now() + interval '1 hour' where shard < 10`,
    );
    await expect.poll(() => lost.toSorted((a, b) => a - b), { interval: 10 }).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(ownership.owns(3)).toBe(false);
    expect(ownership.epochOf(3)).toBeUndefined();
    expect(ownership.ownedShards()).toHaveLength(246);
  });

  it('goes on after its session was ended by the server [F07]', async () => {
    const { ownership, owner, lost } = await aProcess();
    await rows(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cloudflow leases' and datname = current_database()`,
    );
    const before = await leaseUntil(owner);
    await expect.poll(() => leaseUntil(owner), { interval: 20 }).toBeGreaterThan(before + 100);
    expect(lost).toEqual([]);
    expect(ownership.ownedShards()).toHaveLength(256);
  });

  it('gives everything up at once and takes new epochs when another server answers [F20]', async () => {
    const { ownership, taken, lost } = await aProcess();
    const before = ownership.epochOf(9)!;
    ownership.abandon();
    expect(ownership.ownedShards()).toEqual([]);
    expect(ownership.isSafe()).toBe(false);
    expect(lost).toHaveLength(256);
    await expect.poll(() => taken.length, { interval: 10 }).toBe(512);
    expect(ownership.epochOf(9)! > before).toBe(true);
    expect(ownership.isSafe()).toBe(true);
  });
});

describe('a main loop that stands still', () => {
  it('keeps its leases for some seconds, and may not hand out attempts after three [F10]', async () => {
    const { ownership, owner } = await aProcess({ leaseMs: 600 });
    const until = await leaseUntil(owner);
    blockMainLoop(1_200); // two leases long: the thread goes on
    expect(await leaseUntil(owner)).toBeGreaterThan(until + 600);
    expect(ownership.ownedShards()).toHaveLength(256);
    await expect.poll(() => ownership.isSafe(), { interval: 5 }).toBe(true); // as soon as its next round is heard
  });

  it('hands nothing out when its last proof is old, also when a later answer arrives for what was sent before', async () => {
    const { ownership } = await aProcess({ renewMs: 60_000, leaseMs: 60_000 });
    const sentAt = process.hrtime.bigint();
    blockMainLoop(3_100);
    expect(ownership.isSafe()).toBe(false);
    ownership.noteFencedCommit(sentAt);
    expect(ownership.isSafe()).toBe(false);
    ownership.noteFencedCommit(process.hrtime.bigint());
    expect(ownership.isSafe()).toBe(true);
  });
});

describe('several processes', () => {
  it('share the shards fairly, and no shard has two owners', async () => {
    const first = await aProcess();
    const second = await aProcess();
    await expect
      .poll(() => [first, second].map(({ ownership }) => ownership.ownedShards().length), { interval: 20 })
      .toEqual([128, 128]);
    const third = await aProcess();
    const all = [first, second, third];
    await expect
      .poll(() => all.map(({ ownership }) => ownership.ownedShards().length).toSorted((a, b) => a - b), {
        interval: 20,
      })
      .toEqual([84, 86, 86]);
    expect(new Set(all.flatMap(({ ownership }) => ownership.ownedShards())).size).toBe(256);
  });

  it('take over what a process leaves behind when it stops, at their next round [F11]', async () => {
    const [first, second] = [await aProcess(), await aProcess()];
    await expect.poll(() => second.ownership.ownedShards().length, { interval: 20 }).toBe(128);
    await first.ownership.stop();
    await expect.poll(() => second.ownership.ownedShards().length, { interval: 20 }).toBe(256);
  });

  it('take over what a process leaves behind that died, after its lease and not before [F03 F13]', async () => {
    const { owner: dead } = await aDeadProcess({ leaseMs: 700 });
    const { ownership } = await aProcess();
    expect(ownership.ownedShards()).toHaveLength(0);
    await expect.poll(() => ownership.ownedShards().length, { interval: 20, timeout: 5_000 }).toBe(256);
    expect(await one(`select count(*)::int as n from shards where owner = '${dead}'`)).toEqual({ n: 0 });
  });

  it('wait for a flush of the former owner that is open, and skip its shards until it has ended [F09]', async () => {
    const { owner: dead } = await aDeadProcess({ leaseMs: 1 });
    const flush = await journal.connect();
    await flush.query(`begin; select from shards where shard = 5 and owner = '${dead}' for share`);
    const { ownership } = await aProcess();
    await expect.poll(() => ownership.ownedShards().length, { interval: 20 }).toBe(255);
    expect(ownership.owns(5)).toBe(false);
    await flush.query('commit');
    await expect.poll(() => ownership.owns(5), { interval: 20 }).toBe(true);
  });
});

it('says that leases are not renewed when that begins and when it is over, and not at every try', async () => {
  const said: { readonly level: string; readonly message: string }[] = [];
  const destination = { write: (line: string) => void said.push(JSON.parse(line)) };
  await aProcess({ log: createLog({ level: 'debug', format: 'json', destination }), leaseMs: 60_000 });
  const levels = (words: RegExp) => said.filter(({ message }) => words.test(message)).map(({ level }) => level);
  await rows('alter table shards rename to shards_away');
  await expect.poll(() => levels(/could not be renewed/).slice(0, 3)).toEqual(['warn', 'debug', 'debug']);
  await rows('alter table shards_away rename to shards');
  await expect.poll(() => levels(/renewed again/)).toEqual(['info']);
});

it('says once that it cannot go on when its thread has ended, and can still be stopped', async () => {
  const reasons: Error[] = [];
  const thread = new Promise<Worker>((found) => process.once('worker', found));
  const { ownership } = await aProcess({ onBroken: (error) => void reasons.push(error) });
  await (await thread).terminate();
  await expect.poll(() => reasons.map(({ message }) => message)).toEqual(['the lease thread ended with code 1']);
  await ownership.stop();
});

type TestProcess = { ownership: Ownership; owner: string; taken: { shard: number; epoch: bigint }[]; lost: number[] };

async function aProcess(options: Partial<OwnershipDeps> = {}): Promise<TestProcess> {
  const taken: TestProcess['taken'] = [];
  const lost: number[] = [];
  const deps = depsOf({
    onTaken: (shards) => void taken.push(...shards),
    onLost: (shards) => void lost.push(...shards),
    ...options,
  });
  const ownership = createOwnership(deps);
  afterwards(() => ownership.stop());
  await ownership.start();
  return { ownership, owner: deps.owner, taken, lost };
}

function depsOf(options: Partial<OwnershipDeps>): OwnershipDeps {
  return {
    directUrl: journal.test.url,
    owner: randomUUID(),
    leaseMs: 900,
    renewMs: 60,
    onServer: () => undefined,
    onTime: () => undefined,
    exclusive: false,
    log: silentLog,
    onTaken: () => undefined,
    beforeLeaving: () => Promise.resolve(),
    onLost: () => undefined,
    onBroken: (error) => {
      throw error;
    },
    ...options,
  };
}

/** One whose leases are still in the table, and which will not renew them. */
async function aDeadProcess({ leaseMs = 3_600_000 } = {}): Promise<{ owner: string }> {
  const owner = randomUUID();
  await rows(
    `update shards set owner = '${owner}', epoch = nextval('shard_epochs'), lease_until = now() + interval '${leaseMs} milliseconds'`,
  );
  return { owner };
}

/** Milliseconds since the epoch until which all leases of the owner hold. */
async function leaseUntil(owner: string): Promise<number> {
  return Number(
    (await one(`select 1000 * extract(epoch from min(lease_until)) as until from shards where owner = '${owner}'`))[
      'until'
    ],
  );
}

function blockMainLoop(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
