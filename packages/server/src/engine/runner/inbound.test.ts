import { expect, it } from 'vitest';
import { loneRunner } from '../../../testing/lone-runner.ts';
import { createLog, silentLog } from '../../kernel/log/log.ts';
import { uuidV7 } from '../execution-id.ts';
import { createInbound } from './inbound.ts';
import { createLoader } from './loader.ts';

it('starts that cannot be read hide no other, and are not tried at every look [F04]', async () => {
  const broken = Array.from({ length: 600 }, (_, n) => uuidV7(n, 1));
  const healthy = uuidV7(1_000, 1);
  const read = new Map<string, number>();
  const none = () => undefined;
  const runner = loneRunner();
  const loader = createLoader({
    log: silentLog,
    runner,
    entropy: { uuid: () => 'u', random: () => 0, executionId: () => 'e' },
    now: () => 1,
    async read(id) {
      read.set(id, (read.get(id) ?? 0) + 1);
      if (id !== healthy) throw new Error('its definition no longer compiles');
      return undefined;
    },
    planOf: () => Promise.reject(new Error('not asked for')),
    prepareGate: () => Promise.resolve(),
    epochOf: () => 1n,
    armTimer: none,
    awaits: () => undefined,
    caution: { admit: () => null, isSuspect: () => false, survived: () => undefined },
    onUndelivered: none,
  });
  let looks = 0;
  const inbound = createInbound({
    log: silentLog,
    loader,
    toGate: () => undefined,
    ownedShards: () => [1],
    async pendingStarts(_, limit) {
      looks += 1;
      return [...broken, healthy].slice(0, limit);
    },
    inboxOf: () => Promise.resolve([]),
    unfinished: () => Promise.resolve([]),
    room: () => 1_000,
    onDue: () => undefined,
    pollEveryMs: () => 250,
  });
  inbound.begin();
  const looked = () => {
    inbound.hint('starts');
    return read.has(healthy);
  };
  await expect.poll(looked, { interval: 5 }).toBe(true);
  await inbound.stop();
  expect(looks).toBeLessThan(5);
  expect(Math.max(...broken.map((id) => read.get(id) ?? 0))).toBe(1);
});

it('an inbox that cannot be read is one warning, and one line when it is read again [F06]', async () => {
  const said: string[] = [];
  const destination = { write: (line: string) => void said.push((JSON.parse(line) as { level: string }).level) };
  let shards: readonly number[] = [1];
  let isAway = true;
  let looks = 0;
  const inbound = createInbound({
    log: createLog({ level: 'debug', format: 'json', destination }),
    loader: { deliver: () => undefined, load: () => Promise.resolve(), putOff: new Map() },
    toGate: () => undefined,
    ownedShards: () => shards,
    pendingStarts: () => Promise.resolve([]),
    inboxOf() {
      looks += 1;
      return isAway ? Promise.reject(new Error('no server')) : Promise.resolve([]);
    },
    unfinished: () => Promise.resolve([]),
    room: () => 1,
    onDue: () => undefined,
    pollEveryMs: () => 250,
  });
  const lookUntil = (done: () => boolean) =>
    expect
      .poll(
        () => {
          inbound.hint('inbox');
          return done();
        },
        { interval: 5 },
      )
      .toBe(true);
  inbound.begin();
  await lookUntil(() => looks >= 3);
  shards = []; // the leases run out: nothing is asked, which is no good news
  const before = looks;
  for (let n = 0; n < 5; n += 1) await lookUntil(() => true);
  expect(looks - before).toBeLessThanOrEqual(1);
  expect(said).not.toContain('info');
  [shards, isAway] = [[1], false];
  await lookUntil(() => said.includes('info'));
  await inbound.stop();
  expect(said[0]).toBe('warn');
  expect(said.filter((level) => level !== 'debug')).toEqual(['warn', 'info']);
});
