import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aStart, aStep, ended, running, useJournal } from '../../../testing/journal.ts';

const { aLane, connect, rows, one, eventsOf, takeFromOutside, lockWaits } = useJournal();

describe('what a flush writes', () => {
  it('stores a start and its end in one flush as one row with the final status', async () => {
    const { submit } = await aLane();
    const entry = aStart({ head: ended, row: { seq: 1, data: '["all of it"]' } });
    expect(await submit(entry)).toEqual([{ kind: 'committed' }]);
    expect(await rows('select status, output, seq, labels, trigger from workflow_executions')).toEqual([
      { status: 2, output: '{"ok":true}', seq: 2, labels: '{"team":"a"}', trigger: '{"type":"api"}' },
    ]);
    expect(await rows('select data from execution_events')).toEqual([{ data: '["all of it"]' }]);
  });

  it('writes events, head, timers and consumed inbox rows of a running execution together', async () => {
    const { submit } = await aLane();
    const start = aStart();
    const { executionId, shard } = start;
    await submit({ ...start, armed: [1, 2, 3].map((timer) => ({ timer, due: 4_102_444_800_123 })) });
    const { id } = await one(
      `insert into execution_inbox (execution_id, shard, kind) values ('${executionId}', ${shard}, 'cancel') returning id::text`,
    );
    await submit(
      aStep(start, {
        head: { ...running, waitReason: 'delay', phase: 'on_cancel', seq: 2 },
        disarmed: [1],
        armed: [{ timer: 2, due: 4_102_444_800_000 }],
        consumed: [id as string],
      }),
    );
    expect(
      await rows(`select timer, extract(epoch from due)::text as due from execution_timers order by timer`),
    ).toEqual([
      { timer: 2, due: '4102444800.000000' },
      { timer: 3, due: '4102444800.123000' },
    ]);
    expect(await one(`select status, wait_reason, phase, seq from workflow_executions`)).toEqual({
      status: 1,
      wait_reason: 3,
      phase: 4,
      seq: 2,
    });
    expect(await one(`select count(*)::int as n from execution_inbox`)).toEqual({ n: 0 });
    await submit(aStep(start, { allTimersOff: true, head: ended, row: { seq: 3, data: '[3]' } }));
    expect(await one(`select count(*)::int as n from execution_timers`)).toEqual({ n: 0 });
  });

  it('logs each flush under the next number of its lane, with the executions that it wrote', async () => {
    const { submit } = await aLane();
    const first = aStart();
    const second = aStart();
    await submit(first, second);
    await submit(aStep(first));
    const logged = await rows(`select n::int, refs::text[] as refs from engine_commits order by n`);
    expect(logged).toEqual([
      { n: 1, refs: [first.executionId, second.executionId] },
      { n: 2, refs: [first.executionId] },
    ]);
  });

  it('takes texts of any length and script as they are', async () => {
    const { submit } = await aLane();
    const data = JSON.stringify(['\u0000', '日本語 🙂', 'x'.repeat(2_000_000)]);
    const entry = aStart({ row: { seq: 1, data } });
    expect(await submit(entry)).toEqual([{ kind: 'committed' }]);
    expect((await one(`select data from execution_events`))['data']).toBe(data);
  });
});

describe('the fence', () => {
  it('writes nothing for a shard that another owner has taken, and everything else [F09]', async () => {
    const { submit, epochs } = await aLane();
    const lost = aStart();
    const kept = aStart();
    await submit(lost, kept);
    await takeFromOutside(lost.shard);
    const results = await submit(aStep(lost), aStep(kept));
    expect(results).toEqual([{ kind: 'lost_shard' }, { kind: 'committed' }]);
    expect(await eventsOf(lost)).toEqual([1]);
    expect(await eventsOf(kept)).toEqual([1, 2]);
    expect(epochs.has(lost.shard)).toBe(true); // the lane was not told: the rows decide
  });

  it('refuses an owner that lost a shard and has it again under another epoch, for what was decided before [F09]', async () => {
    const { submit, owner } = await aLane();
    const start = aStart();
    await submit(start);
    await rows(`update shards set owner = '${owner}', epoch = nextval('shard_epochs') where shard = ${start.shard}`);
    expect(await submit(aStep(start))).toEqual([{ kind: 'lost_shard' }]);
    expect(await eventsOf(start)).toEqual([1]);
  });

  it('refuses another owner with an equal epoch number [F13]', async () => {
    const { submit } = await aLane();
    const start = aStart();
    await submit(start);
    await rows(`update shards set owner = '${randomUUID()}' where shard = ${start.shard}`);
    expect(await submit(aStep(start))).toEqual([{ kind: 'lost_shard' }]);
  });

  it('waits for a takeover that is open, and then writes nothing for that shard [F09]', async () => {
    const { submit } = await aLane();
    const start = aStart();
    await submit(start);
    const thief = await connect();
    await thief.query(
      `begin; update shards set owner = gen_random_uuid(), epoch = nextval('shard_epochs') where shard = ${start.shard}`,
    );
    const stale = submit(aStep(start));
    await lockWaits(1);
    await thief.query('commit');
    expect(await stale).toEqual([{ kind: 'lost_shard' }]);
    expect(
      (await thief.query('select seq from execution_events where execution_id = $1', [start.executionId])).rows,
    ).toEqual([{ seq: 1 }]);
  });

  it('makes a takeover wait for a flush that is open, which then sees what was written [F09]', async () => {
    const { submit } = await aLane();
    const start = aStart();
    await submit(start);
    // An uncommitted row of the same key holds the flush open in the middle of its statement.
    const blocker = await connect();
    await blocker.query(
      `begin; insert into execution_events (execution_id, seq, data) values ('${start.executionId}', 2, '[]')`,
    );
    const flush = submit(aStep(start));
    await lockWaits(1);
    const thief = await connect();
    const takeover = thief.query(
      `update shards set owner = gen_random_uuid(), epoch = nextval('shard_epochs') where shard = ${start.shard}`,
    );
    await lockWaits(2);
    await blocker.query('rollback');
    await takeover;
    expect(
      (await thief.query('select seq from execution_events where execution_id = $1 order by seq', [start.executionId]))
        .rows,
    ).toHaveLength(2);
    expect(await flush).toEqual([{ kind: 'committed' }]);
  });

  it('stores a start whose shard is not ours as PENDING, without anything that has happened to it [E16]', async () => {
    const { submit } = await aLane();
    const start = aStart({ head: ended });
    await takeFromOutside(start.shard);
    expect(await submit({ ...start, armed: [{ timer: 1, due: 0 }] })).toEqual([{ kind: 'pending' }]);
    expect(await one('select status, seq, output, started_at, finished_at, input from workflow_executions')).toEqual({
      status: 0,
      seq: 0,
      output: null,
      started_at: null,
      finished_at: null,
      input: '{"n":1}',
    });
    expect(await eventsOf(start)).toEqual([]);
    expect(await rows('select timer from execution_timers')).toEqual([]);
  });

  it('says that a flush was fenced when all its shards were ours, by when it was sent', async () => {
    const fenced: bigint[] = [];
    const { submit } = await aLane({ onFencedCommit: (at) => void fenced.push(at) });
    const start = aStart();
    const before = process.hrtime.bigint();
    await submit(start);
    expect(fenced).toHaveLength(1);
    expect(fenced[0]! >= before).toBe(true);
    await takeFromOutside(start.shard);
    await submit(aStep(start));
    expect(fenced).toHaveLength(1);
  });
});

describe('idempotency keys', () => {
  it('lets one of two starts with one key in one batch win, and answers the other with it [E16 E21]', async () => {
    const { submit } = await aLane();
    const [first, second, other] = [aStart({ key: 'k' }), aStart({ key: 'k' }), aStart({ key: 'other' })];
    const results = await submit(first, second, other);
    expect(results).toEqual([
      { kind: 'committed' },
      { kind: 'replayed', executionId: first.executionId, sameBody: true },
      { kind: 'committed' },
    ]);
    expect(await rows('select id from workflow_executions order by id')).toHaveLength(2);
    expect(await eventsOf(second)).toEqual([]);
  });

  it('lets one of two starts with one key in two lanes win, and says when the other asked for something else [E16 E21]', async () => {
    const [left, right] = [await aLane(), await aLane({ owner: 'same' })];
    const [first, second] = [aStart({ key: 'k' }), aStart({ key: 'k', hash: Buffer.alloc(32, 9) })];
    const [[a], [b]] = await Promise.all([left.submit(first), right.submit(second)]);
    const winner = a?.kind === 'replayed' ? second : first;
    const loser = a?.kind === 'replayed' ? a : b;
    expect(loser).toEqual({ kind: 'replayed', executionId: winner.executionId, sameBody: false });
    expect(await rows('select id from workflow_executions')).toEqual([{ id: winner.executionId }]);
  });

  it('keeps the keys of different tenants apart [E16]', async () => {
    const { submit } = await aLane();
    const results = await submit(aStart({ key: 'k' }), aStart({ key: 'k', tenantId: randomUUID() }));
    expect(results).toEqual([{ kind: 'committed' }, { kind: 'committed' }]);
  });
});

describe('the order of things', () => {
  it('gathers while a flush is under way, and writes all of it with the next [E33]', async () => {
    const { submit, lane } = await aLane();
    const blocker = await connect();
    const first = aStart();
    await blocker.query(`begin; lock table execution_events in exclusive mode`);
    const results = [submit(first)];
    await lockWaits(1);
    for (let n = 0; n < 50; n += 1) results.push(submit(aStart()));
    expect(lane.busy).toBe(true);
    await blocker.query('rollback');
    expect((await Promise.all(results)).flat().every(({ kind }) => kind === 'committed')).toBe(true);
    expect(await one('select count(*)::int as n from engine_commits')).toEqual({ n: 2 });
    expect(await lane.drain()).toBe(true);
    expect(lane.busy).toBe(false);
  });

  it('cuts a batch that is too large for one statement', async () => {
    const { submit } = await aLane({ limits: { characters: 1_000 } });
    const entries = Array.from({ length: 10 }, () =>
      aStart({ row: { seq: 1, data: JSON.stringify('x'.repeat(400)) } }),
    );
    expect((await submit(...entries)).every(({ kind }) => kind === 'committed')).toBe(true);
    expect(await one('select count(*)::int as n from engine_commits')).toEqual({ n: 5 });
  });

  it('drains what the source still has, and takes nothing after it was closed', async () => {
    const { lane, queue, taken } = await aLane();
    queue.push(aStart(), aStart());
    expect(await lane.drain()).toBe(true);
    expect(taken).toHaveLength(2);
    await lane.close();
    queue.push(aStart());
    lane.wake();
    expect(lane.busy).toBe(false);
  });
});
