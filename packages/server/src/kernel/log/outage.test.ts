import { expect, it } from 'vitest';
import { createLog } from './log.ts';
import { createOutage } from './outage.ts';

it('an outage is one warning, nothing but debug lines while it lasts, and one line when it is over', () => {
  const lines: { level: string; message: string; failures?: number }[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const log = createLog({ level: 'debug', format: 'json', destination });
  const outage = createOutage(log, { failed: 'no bread; it is tried again', over: 'there is bread again' });
  outage.over();
  for (let n = 0; n < 3; n += 1) outage.failed({ error: new Error('no flour') });
  outage.over();
  outage.over();
  outage.failed({});
  expect(lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
    'warn no bread; it is tried again',
    'debug no bread; it is tried again',
    'debug no bread; it is tried again',
    'info there is bread again',
    'warn no bread; it is tried again',
  ]);
  expect(lines[3]?.failures).toBe(3);
});
