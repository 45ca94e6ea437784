import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aStart, aStep, ended, useJournal } from '../../../testing/journal.ts';
import { shardOf, uuidV7 } from '../execution-id.ts';
import type { ChildRow, JournalEntry, SentRow } from './entry.ts';

const { aLane, connect, rows, eventsOf, takeFromOutside, lockWaits } = useJournal();

const aMessage = (payload = '{}', to = uuidV7(Date.now())): SentRow => ({
  to,
  toShard: shardOf(to),
  kind: 'cancel',
  payload,
});
const told = (start: JournalEntry, ...sent: SentRow[]): JournalEntry => aStep(start, { sent });
const inbox = () =>
  rows('select execution_id as "to", shard as "toShard", kind, payload from execution_inbox order by id');

it('writes what an execution sends with the events that send it, in its order, to shards of anybody', async () => {
  const { submit } = await aLane();
  const start = aStart();
  await submit(start);
  const messages = [aMessage('"first"'), aMessage('"\\u0000"'), aMessage('"third"')];
  await takeFromOutside(messages[1]!.toShard === start.shard ? (start.shard + 1) % 256 : messages[1]!.toShard);
  expect(await submit(told(start, ...messages))).toEqual([{ kind: 'committed' }]);
  expect(await eventsOf(start)).toEqual([1, 2]);
  expect(await inbox()).toEqual(messages);
});

it('sends with the start that ends in the same flush', async () => {
  const { submit } = await aLane();
  const message = aMessage();
  expect(await submit({ ...aStart({ head: ended }), sent: [message] })).toEqual([{ kind: 'committed' }]);
  expect(await inbox()).toEqual([message]);
});

it('sends nothing for a sender whose shard is lost, and all of what others in the flush send [F09]', async () => {
  const { submit } = await aLane();
  const [lost, kept] = [aStart(), aStart()];
  await submit(lost, kept);
  await takeFromOutside(lost.shard);
  const message = aMessage('"kept"', kept.executionId);
  const results = await submit(told(lost, aMessage('"lost"', kept.executionId)), told(kept, message));
  expect(results).toEqual([{ kind: 'lost_shard' }, { kind: 'committed' }]);
  expect(await inbox()).toEqual([message]);
});

it('waits for a takeover that is open, and then sends nothing [F09]', async () => {
  const { submit } = await aLane();
  const start = aStart();
  await submit(start);
  const thief = await connect();
  await thief.query(
    `begin; update shards set owner = gen_random_uuid(), epoch = nextval('shard_epochs') where shard = ${start.shard}`,
  );
  const stale = submit(told(start, aMessage()));
  await lockWaits(1);
  await thief.query('commit');
  expect(await stale).toEqual([{ kind: 'lost_shard' }]);
  expect(await inbox()).toEqual([]);
});

it('sends nothing for a start whose key was taken by another [E16]', async () => {
  const { submit } = await aLane();
  const tenantId = randomUUID();
  const [first, second] = [aStart({ key: 'k', tenantId }), aStart({ key: 'k', tenantId })];
  const message = aMessage('"first"');
  await submit({ ...first, sent: [message] }, { ...second, sent: [aMessage('"second"')] });
  expect(await inbox()).toEqual([message]);
});

it('has neither the row nor the event when one of them cannot be written', async () => {
  const { submit } = await aLane();
  const start = aStart();
  await submit(start);
  const [badEvent] = await submit({ ...told(start, aMessage()), row: { seq: 1, data: '["a second first row"]' } });
  const [badMessage] = await submit(told(start, { ...aMessage(), payload: 'no text can hold \u0000' }));
  expect([badEvent?.kind, badMessage?.kind]).toEqual(['refused', 'refused']);
  expect(await eventsOf(start)).toEqual([1]);
  expect(await inbox()).toEqual([]);
});

describe('the executions that an execution starts', () => {
  const childrenOf = (parent: JournalEntry) =>
    rows(
      `select id, status, seq, root_id, input from workflow_executions where parent_id = '${parent.executionId}' order by id`,
    );
  const aChild = (parent: JournalEntry): ChildRow => {
    const { executionId, shard, start } = aStart({
      facts: { parentId: parent.executionId, rootId: parent.executionId },
    });
    return { executionId, shard, start: start! };
  };

  it('are stored PENDING with the events that start them, in shards of anybody', async () => {
    const { submit } = await aLane();
    const parent = aStart();
    await submit(parent);
    const child = aChild(parent);
    await takeFromOutside(child.shard);
    expect(await submit(aStep(parent, { children: [child] }))).toEqual([{ kind: 'committed' }]);
    expect(await childrenOf(parent)).toEqual([
      { id: child.executionId, status: 0, seq: 0, root_id: parent.executionId, input: '{"n":1}' },
    ]);
    expect(await rows('select shard from workflow_executions where status = 0')).toEqual([{ shard: child.shard }]);
  });

  it('are not there when the shard of their parent is lost, also when theirs is held [F09]', async () => {
    const { submit } = await aLane();
    const parent = aStart();
    await submit(parent);
    await takeFromOutside(parent.shard);
    expect(await submit(aStep(parent, { children: [aChild(parent)] }))).toEqual([{ kind: 'lost_shard' }]);
    expect(await childrenOf(parent)).toEqual([]);
  });
});
