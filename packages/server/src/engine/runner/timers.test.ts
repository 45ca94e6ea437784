import { expect, it, onTestFinished } from 'vitest';
import { createLog, silentLog } from '../../kernel/log/log.ts';
import type { HeapTimer } from './timer-heap.ts';
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

const soon = (count: number, due: number): HeapTimer[] =>
  Array.from({ length: count }, (_, timer) => ({ executionId: 'x', timer, due }));

function aTable(rows: readonly HeapTimer[], now: number) {
  const handedOn: HeapTimer[] = [];
  const timers = createTimers({
    clock: { now: () => now },
    log: silentLog,
    lookAhead(before, after, limit) {
      const from = after === null ? 0 : rows.indexOf(after) + 1;
      const due = rows.slice(from, from + limit).filter((timer) => timer.due < before);
      return Promise.resolve(due);
    },
    onDue: (due) => void handedOn.push(...due),
  });
  onTestFinished(() => timers.stop());
  return { timers, handedOn };
}

it('one look takes all that is due, however much it is: 25,000 timers of one instant [F50]', async () => {
  const rows = soon(25_000, 1_000);
  const { timers, handedOn } = aTable(rows, 1_000);
  await timers.look();
  await expect.poll(() => handedOn.length).toBe(rows.length);
  expect(new Set(handedOn).size).toBe(rows.length);
});

it('a timer that moves nothing before a pause ends is passed over by looks, until it is armed again', async () => {
  const [timer] = soon(1, 1_000) as [HeapTimer];
  const { timers, handedOn } = aTable([timer], 1_000);
  await timers.look();
  await expect.poll(() => handedOn.length).toBe(1);
  timers.sleep(timer);
  for (let n = 0; n < 3; n += 1) await timers.look();
  await new Promise((turn) => setTimeout(turn, 5));
  expect(handedOn.length).toBe(1);
  timers.add(timer);
  await expect.poll(() => handedOn.length).toBe(2);
});

it('a time that is further away than a timer of Node can be set does not ring at once: 25 and 400 days [F49 Q13]', async () => {
  const day = 86_400_000;
  const { timers, handedOn } = aTable([...soon(1, 25 * day), ...soon(1, 400 * day)], 1_000);
  timers.add({ executionId: 'y', timer: 1, due: 25 * day });
  timers.add({ executionId: 'y', timer: 2, due: 400 * day });
  await timers.look();
  await new Promise((turn) => setTimeout(turn, 20));
  expect(handedOn).toEqual([]);
});
