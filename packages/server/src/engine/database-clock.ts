/**
 * What time it is by the database's clock, which all processes share: timers are compared with it, and events bear it. It is
 * asked now and then and read off this process's monotonic clock in between, so that a clock that somebody sets, or that differs
 * from those of other processes, moves nothing.
 *
 * Never ahead: an answer is older than its arrival, so each gives a bound from below. The greatest of the last minute counts;
 * one that proves us ahead (the server's clock was set back, another server answers) makes the earlier ones void.
 */
import type { Clock } from '../kernel/clock/clock.ts';

export type TimeAnswer = {
  /** By the database's clock, in milliseconds since the epoch. */
  readonly at: number;
  /** When it was asked and when answered, by `process.hrtime.bigint()`, which all threads share. */
  readonly asked: bigint;
  readonly answered: bigint;
};

export type DatabaseClock = Clock & {
  heard(answer: TimeAnswer): void;
};

const KEPT_MS = 60_000;

/** Until the first answer it is `before`. */
export function createDatabaseClock(before: Clock): DatabaseClock {
  // `performance.now()` is cheaper, and starts anew in each thread.
  const origin = milliseconds(process.hrtime.bigint()) - performance.now();
  let bounds: readonly { readonly ahead: number; readonly from: number }[] = [];
  let ahead: number | null = null;

  return {
    now: () => (ahead === null ? before.now() : Math.floor(performance.now() + ahead)),
    heard(answer) {
      const answered = milliseconds(answer.answered) - origin;
      const wasAhead = ahead !== null && milliseconds(answer.asked) - origin + ahead > answer.at;
      const still = wasAhead ? [] : bounds.filter(({ from }) => from > answered - KEPT_MS);
      bounds = [...still, { ahead: answer.at - answered, from: answered }];
      ahead = Math.max(...bounds.map((bound) => bound.ahead));
    },
  };
}

function milliseconds(nanoseconds: bigint): number {
  return Number(nanoseconds) / 1e6;
}
