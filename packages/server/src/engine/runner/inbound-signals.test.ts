import { afterEach, expect, it } from 'vitest';
import { silentLog } from '../../kernel/log/log.ts';
import type { InboxRow } from '../store/inbox-of.ts';
import { createInbound, type Inbound } from './inbound.ts';
import type { Mail } from './loader.ts';

const row = (id: string): InboxRow => ({
  id,
  shard: 0,
  executionId: 'x',
  kind: 'signal',
  payload: JSON.stringify({ name: 'go', payload: { n: id } }),
  createdAt: 5,
});

let inbound: Inbound | undefined;
afterEach(() => inbound?.stop());

it('a signal that is deleted while the table is being looked at is not heard a second time [F68 Q14]', async () => {
  const heard: Mail[] = [];
  const looks: PromiseWithResolvers<readonly InboxRow[]>[] = [];
  const look = () => {
    const asked = Promise.withResolvers<readonly InboxRow[]>();
    looks.push(asked);
    return asked.promise;
  };
  inbound = createInbound({
    log: silentLog,
    loader: { deliver: (_id, _shard, mail) => void heard.push(mail), load: () => Promise.resolve() },
    toGate: () => undefined,
    ownedShards: () => [0],
    admission: { look: () => Promise.resolve(false) },
    inboxOf: look,
    unfinished: () => Promise.resolve([]),
    onDue: () => undefined,
    pollEveryMs: () => 250,
  });
  inbound.begin();
  looks[0]?.resolve([row('1')]);
  await expect.poll(() => looks.length).toBe(2);
  // The second look has read the row before the flush that deletes it was committed.
  inbound.consumed(['1']);
  looks[1]?.resolve([row('1'), row('2')]);
  await expect.poll(() => looks.length).toBe(3);
  looks[2]?.resolve([]);
  expect(heard.map(({ inboxId }) => inboxId)).toEqual(['1', '2']);
  expect(heard[0]?.input).toEqual({ kind: 'signal', at: 5, name: 'go', payload: { n: '1' } });
});
