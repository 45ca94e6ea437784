import { expect, it } from 'vitest';
import { createLog } from '../../kernel/log/log.ts';
import { createInbound } from './inbound.ts';

it('an inbox that cannot be read is one warning, and one line when it is read again [F06]', async () => {
  const said: string[] = [];
  const destination = { write: (line: string) => void said.push((JSON.parse(line) as { level: string }).level) };
  let shards: readonly number[] = [1];
  let isAway = true;
  let looks = 0;
  const inbound = createInbound({
    log: createLog({ level: 'debug', format: 'json', destination }),
    loader: { deliver: () => undefined, load: () => Promise.resolve() },
    toGate: () => undefined,
    ownedShards: () => shards,
    admission: { look: () => Promise.resolve(false) },
    inboxOf() {
      looks += 1;
      return isAway ? Promise.reject(new Error('no server')) : Promise.resolve([]);
    },
    unfinished: () => Promise.resolve([]),
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
