import { expect, it } from 'vitest';
import { createDatabaseClock } from './database-clock.ts';

const second = 1_000_000_000n;
const start = Date.UTC(2026, 0, 1);

it('before the database has said what time it is, the clock of the process counts', () => {
  expect(createDatabaseClock({ now: () => 17 }).now()).toBe(17);
});

it('the clock of the process counts no more once the database has answered, however it jumps [F46]', () => {
  let own = start;
  const clock = createDatabaseClock({ now: () => own });
  const now = process.hrtime.bigint();
  clock.heard({ at: start, asked: now, answered: now });
  for (const jump of [3_600_000, -7_200_000, 365 * 86_400_000]) {
    own += jump;
    expect(clock.now()).toBeGreaterThanOrEqual(start);
    expect(clock.now()).toBeLessThan(start + 60_000);
  }
});

it('it is never ahead: of answers that were long on their way the earliest bound does not count, the latest does', () => {
  const clock = createDatabaseClock({ now: () => 0 });
  const now = process.hrtime.bigint();
  // True time is `start` at `now`: the first answer was quick, the second took two seconds to come.
  clock.heard({ at: start - 10_001, asked: now - 10n * second, answered: now - 10n * second });
  clock.heard({ at: start - 5_000, asked: now - 5n * second, answered: now - 3n * second });
  expect(clock.now()).toBeGreaterThanOrEqual(start - 1);
  expect(clock.now()).toBeLessThan(start + 1_000);
});

it('an answer that proves it ahead makes the earlier ones void: the clock of the database was set back [F48]', () => {
  const clock = createDatabaseClock({ now: () => 0 });
  const now = process.hrtime.bigint();
  clock.heard({ at: start, asked: now - second, answered: now - second });
  clock.heard({ at: start - 3_600_000, asked: now, answered: now });
  expect(clock.now()).toBeLessThan(start - 3_590_000);
});

it('a bound is kept for a minute, so that clocks that run at different speeds do not part', () => {
  const clock = createDatabaseClock({ now: () => 0 });
  const now = process.hrtime.bigint();
  clock.heard({ at: start - 60_500, asked: now - 61n * second, answered: now - 61n * second });
  expect(clock.now()).toBeGreaterThanOrEqual(start + 500);
  clock.heard({ at: start, asked: now - second, answered: now });
  expect(clock.now()).toBeLessThan(start + 450);
});
