import { expect, it } from 'vitest';
import { createLog } from '../../kernel/log/log.ts';
import { createTimers } from './timers.ts';

it('a table of timers that cannot be read is one warning, and one line when it is read again [F06]', async () => {
  const said: string[] = [];
  const destination = { write: (line: string) => void said.push((JSON.parse(line) as { level: string }).level) };
  let isAway = true;
  const timers = createTimers({
    clock: { now: () => 1_000 },
    log: createLog({ level: 'debug', format: 'json', destination }),
    lookAhead: () => (isAway ? Promise.reject(new Error('no server')) : Promise.resolve([])),
    onDue: () => undefined,
  });
  for (let n = 0; n < 3; n += 1) await timers.look();
  isAway = false;
  for (let n = 0; n < 3; n += 1) await timers.look();
  timers.stop();
  expect(said).toEqual(['warn', 'debug', 'debug', 'info']);
});
