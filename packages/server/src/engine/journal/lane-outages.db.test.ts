import type pg from 'pg';
import { describe, expect, it } from 'vitest';
import { aStart, aStep, ended, useJournal } from '../../../testing/journal.ts';
import { makePartitions } from '../store/make-partitions.ts';
import type { JournalEntry } from './entry.ts';

const journal = useJournal();
const { aLane, connect, rows, one, eventsOf, lockWaits } = journal;

describe('a lost session', () => {
  it('is made anew after the server ended it between two flushes [F07]', async () => {
    let lost = 0;
    const { submit } = await aLane({
      onConnectionLost: () => {
        lost += 1;
      },
    });
    const start = aStart();
    await submit(start);
    await endLanes();
    await expect.poll(() => lost, { interval: 5 }).toBe(1);
    expect(await submit(aStep(start))).toEqual([{ kind: 'committed' }]);
    expect(await eventsOf(start)).toEqual([1, 2]);
  });

  it('is made anew after the server ended it in the middle of a flush, which is written once [F06 F07]', async () => {
    const { submit } = await aLane();
    const start = aStart();
    await submit(start);
    const release = await holdOpen(start);
    const flush = submit(aStep(start));
    await lockWaits(1);
    await endLanes();
    await release();
    expect(await flush).toEqual([{ kind: 'committed' }]);
    expect(await eventsOf(start)).toEqual([1, 2]);
    expect(await one('select count(*)::int as n from engine_commits')).toEqual({ n: 2 });
  });

  it('is tried again until there is a server [F06]', async () => {
    let refusals = 3;
    const { submit } = await aLane({
      connect() {
        refusals -= 1;
        if (refusals >= 0)
          return Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
        return journal.test.database.connectDirect('lane');
      },
    });
    expect(await submit(aStart())).toEqual([{ kind: 'committed' }]);
    expect(refusals).toBe(-1);
  });

  it('waits for a server that takes nothing from anybody, and refuses nothing for it [F20]', async () => {
    const unfit = ['default_transaction_read_only = on', 'role pg_monitor']; // a standby; rights that were taken away
    const sessions = [...unfit, ...unfit, ...unfit];
    const { submit } = await aLane({
      async connect() {
        const client = await journal.test.database.connectDirect('lane');
        const setting = sessions.pop();
        if (setting !== undefined) await client.query(`set ${setting}`);
        return client;
      },
    });
    expect(await submit(aStart(), aStart())).toEqual([{ kind: 'committed' }, { kind: 'committed' }]);
    expect(sessions).toEqual([]);
  });

  it('is made later when a partition that is needed cannot be made at first [F26]', async () => {
    let failures = 5;
    const { submit } = await aLane({
      makePartitions(ids) {
        failures -= 1;
        return failures >= 0 ? Promise.reject(new Error('no')) : makePartitions(journal.test.database, ids);
      },
    });
    expect(await submit(aStart({ at: Date.UTC(2036, 4, 15) }))).toEqual([{ kind: 'committed' }]);
  });

  it('does not keep a closing lane from closing', async () => {
    const { submit, lane } = await aLane({
      connect: () => Promise.reject(new Error('no server')),
      limits: { drainMs: 50 },
    });
    void submit(aStart());
    expect(await lane.drain()).toBe(false);
    await lane.close();
  });
});

describe('an answer that was lost', () => {
  it('is asked for by the id of the flush, and nothing is written twice [F18]', async () => {
    const line = aLineThatGoesDead();
    const { submit, epochs } = await aLane({ connect: line.connect });
    const [begun, lost] = [aStart(), aStart()];
    await submit(begun, lost);
    await journal.takeFromOutside(lost.shard);
    await submit(aStart({ key: 'taken' }));
    line.die();
    const foreign = aStart();
    await journal.takeFromOutside(foreign.shard);
    const [fresh, keyed, replayed] = [aStart(), aStart({ key: 'k' }), aStart({ key: 'taken' })];
    const results = submit(aStep(begun, { head: ended }), aStep(lost), fresh, keyed, replayed, foreign);
    await expect.poll(() => rows(`select 1 from execution_events where seq = 2`), { interval: 5 }).toHaveLength(1);
    line.cut();
    expect((await results).map(({ kind }) => kind)).toEqual([
      'committed',
      'lost_shard',
      'committed',
      'committed',
      'replayed',
      'pending',
    ]);
    expect(await one('select count(*)::int as n from engine_commits')).toEqual({ n: 3 });
    expect(epochs.size).toBe(256);
    expect(await submit(aStep(fresh))).toEqual([{ kind: 'committed' }]);
    expect(await rows('select n::int from engine_commits order by n')).toEqual([1, 2, 3, 4].map((n) => ({ n })));
  });

  it('is found also when the first flush commits only after it was sent again [F18 F19]', async () => {
    const line = aLineThatGoesDead();
    const { submit } = await aLane({ connect: line.connect });
    const start = aStart();
    await submit(start);
    const release = await holdOpen(start);
    const flush = submit(aStep(start));
    await lockWaits(1);
    line.cut(); // the server does not notice: its backend waits for a lock
    await lockWaits(2);
    await release();
    expect(await flush).toEqual([{ kind: 'committed' }]);
    expect(await eventsOf(start)).toEqual([1, 2]);
  });

  it('is not waited for longer than the deadline of the session [F19]', async () => {
    const { submit } = await aLane({
      connect: () => journal.test.database.connectDirect('lane', { queryTimeoutMs: 150 }),
    });
    const start = aStart();
    await submit(start);
    const release = await holdOpen(start);
    const flush = submit(aStep(start));
    await lockWaits(2); // the first has been given up, the second waits behind it
    await release();
    expect(await flush).toEqual([{ kind: 'committed' }]);
    expect(await eventsOf(start)).toEqual([1, 2]);
  });
});

describe('conflicts', () => {
  it('runs a flush again that was the victim of a deadlock [F17]', async () => {
    const { submit } = await aLane();
    const [first, second] = [aStart(), aStart()];
    await submit(first, second);
    const other = await connect();
    const row = ({ executionId }: JournalEntry) =>
      `update workflow_executions set priority = 1 where id = '${executionId}'`;
    await other.query(`begin; set local deadlock_timeout = '10s'; ${row(second)}`);
    const flush = submit(aStep(first, { head: ended }), aStep(second, { head: ended }));
    await lockWaits(1);
    const crossing = other.query(`${row(first)}; commit`);
    expect(await flush).toEqual([{ kind: 'committed' }, { kind: 'committed' }]);
    await crossing;
    expect(await eventsOf(first)).toEqual([1, 2]);
  });

  it('runs a flush again that took longer than the server allows', async () => {
    const { submit } = await aLane({ limits: { statementTimeoutMs: 50 } });
    const start = aStart();
    await submit(start);
    const release = await holdOpen(start);
    const flush = submit(aStep(start));
    await lockWaits(1);
    await lockWaits(0);
    await release();
    expect(await flush).toEqual([{ kind: 'committed' }]);
    expect(await one('select count(*)::int as n from engine_commits')).toEqual({ n: 2 });
  });
});

describe('another server', () => {
  it('is noticed by its timeline: what was decided before it answered is void, and starts are stored PENDING [F20]', async () => {
    const line = aLineThatGoesDead();
    let promoted = false;
    const { submit, history } = await aLane({
      async connect() {
        const client = await line.connect();
        return promoted ? withAnotherTimeline(client) : client;
      },
    });
    const start = aStart();
    await submit(start);
    line.die();
    const release = await holdOpen(start);
    promoted = true;
    const flush = submit(aStep(start), aStart());
    await lockWaits(1);
    await endLanes();
    line.cut();
    await release();
    expect(await flush).toEqual([{ kind: 'lost_shard' }, { kind: 'pending' }]);
    expect(history.changes).toBe(1);
    expect(await eventsOf(start)).toEqual([1]);
  });

  it('that the lease thread has found is not written to in the session of before, which still answers [F20]', async () => {
    const { submit, owner, history } = await aLane();
    await submit(aStart());
    const [before] = await laneSessions();
    const now = process.hrtime.bigint();
    history.notice({ system: 'another', timeline: 1, flushed: 1n, asked: now, answered: now });
    await expect.poll(laneSessions).toEqual([]);
    const start = aStart();
    expect(await submit(start)).toEqual([{ kind: 'pending' }]);
    expect(history.changes).toBe(2); // the lane's server is not the other one: neither is trusted with what was known
    expect(await laneSessions()).not.toContain(before);
    expect(await one(`select count(*)::int as n from shards where owner = '${owner}'`)).toEqual({ n: 256 });
  });
});

/** Processes of the server that serve lanes. */
async function laneSessions(): Promise<unknown[]> {
  const found = await rows(
    `select pid from pg_stat_activity where application_name = 'cloudflow lane' and datname = current_database()`,
  );
  return found.map(({ pid }) => pid);
}

/** Holds a flush of the second journal row open in the middle; call what is returned to let it go on. */
async function holdOpen({ executionId }: JournalEntry): Promise<() => Promise<unknown>> {
  const blocker = await connect();
  await blocker.query(
    `begin; insert into execution_events (execution_id, seq, data) values ('${executionId}', 2, '[]')`,
  );
  return () => blocker.query('rollback');
}

/** Ends the lanes' sessions from the server's side. */
function endLanes() {
  return rows(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cloudflow lane' and datname = current_database()`,
  );
}

/** A connection whose server can fall silent, and be cut off. Connections made after the cut are sound. */
function aLineThatGoesDead() {
  let latest: pg.Client | undefined;
  const stream = () => (latest as unknown as { connection: { stream: import('node:net').Socket } }).connection.stream;
  return {
    async connect() {
      latest = await journal.test.database.connectDirect('lane');
      return latest;
    },
    /** What the server says from now on is not heard. */
    die: () =>
      void stream()
        .removeAllListeners('data')
        .on('data', () => undefined),
    cut: () => void stream().destroy(),
  };
}

function withAnotherTimeline(client: pg.Client): pg.Client {
  const query = client.query.bind(client) as (...parameters: unknown[]) => Promise<pg.QueryResult>;
  const doctored = async (...parameters: unknown[]) => {
    const result = await query(...parameters);
    if (result.rows?.[0]?.timeline !== undefined) result.rows[0].timeline += 1;
    return result;
  };
  return Object.assign(client, { query: doctored });
}
