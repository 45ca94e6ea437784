/**
 * The due times of the executions we own. Timers of executions in memory are told to us when they are committed; those of
 * executions that wait as rows are found by looking ahead in the table, so that the heap stays small and the wake-up exact.
 */
import type { Clock } from '../../kernel/clock/clock.ts';
import type { Logger } from '../../kernel/log/log.ts';
import { createOutage } from '../../kernel/log/outage.ts';
import { createTimerHeap, type HeapTimer } from './timer-heap.ts';

export type TimersDeps = {
  readonly clock: Clock;
  /** A page of the armed timers of owned shards that are due before the time, earliest first, behind the last of a page before. */
  readonly lookAhead: (before: number, after: HeapTimer | null, limit: number) => Promise<readonly HeapTimer[]>;
  readonly onDue: (timers: readonly HeapTimer[]) => void;
  readonly log: Logger;
};

export type Timers = {
  /** From now on the table is looked at, again and again. */
  begin(): void;
  add(timer: HeapTimer): void;
  /** It is due and moves nothing: looks pass it over, until it is added again. */
  sleep(timer: HeapTimer): void;
  /** Looks at the table now: after shards were taken. */
  look(): Promise<void>;
  stop(): void;
};

const LOOK_AHEAD_MS = 15_000;
const LOOK_EVERY_MS = 5_000;
const PAGE = 10_000;
/** With so many in memory the rest waits for a later look. */
const MOST_IN_MEMORY = 200_000;
/** How many due timers are handed out before the event loop gets a turn. */
const BATCH = 500;

export function createTimers({ clock, lookAhead, onDue, log }: TimersDeps): Timers {
  const outage = createOutage(log, {
    failed: 'the table of timers could not be read; it is tried again',
    over: 'the table of timers is read again',
  });
  const heap = createTimerHeap();
  // A timer may be told by its execution and found in the table: it is kept once, until it is acted on.
  const known = new Set<string>();
  /** Those that a look has found still in the table; who resumes an execution does not need them. */
  let asleep = new Set<string>();
  let alarm: NodeJS.Timeout | null = null;
  let alarmDue = Infinity;
  let looking: NodeJS.Timeout | null = null;
  let stopped = false;

  function setAlarm(): void {
    const due = heap.nextDue();
    if (stopped || due === null || (alarm !== null && alarmDue <= due)) return;
    if (alarm !== null) clearTimeout(alarm);
    alarmDue = due;
    // Never further than we look ahead, so that no delay overflows what a Node timer can hold (2^31-1 ms).
    alarm = setTimeout(ring, Math.min(Math.max(0, due - clock.now()), LOOK_AHEAD_MS));
  }

  function ring(): void {
    alarm = null;
    alarmDue = Infinity;
    if (stopped) return;
    const due = heap.takeDue(clock.now(), BATCH);
    for (const { executionId, timer } of due) known.delete(nameOf(executionId, timer));
    if (due.length > 0) onDue(due);
    setAlarm();
  }

  function add(timer: HeapTimer): void {
    const name = nameOf(timer.executionId, timer.timer);
    asleep.delete(name);
    if (known.has(name) || timer.due > clock.now() + 2 * LOOK_AHEAD_MS) return; // a later look finds it
    known.add(name);
    heap.add(timer);
    setAlarm();
  }

  async function look(): Promise<void> {
    if (stopped) return;
    try {
      const before = clock.now() + LOOK_AHEAD_MS;
      const stillAsleep = new Set<string>();
      let after: HeapTimer | null = null;
      let isWhole = false;
      while (!stopped && heap.size < MOST_IN_MEMORY) {
        const page: readonly HeapTimer[] = await lookAhead(before, after, PAGE);
        for (const timer of page) {
          const name = nameOf(timer.executionId, timer.timer);
          if (asleep.has(name)) stillAsleep.add(name);
          else add(timer);
        }
        isWhole = page.length < PAGE;
        if (isWhole) break;
        after = page.at(-1) ?? null;
      }
      if (isWhole) asleep = stillAsleep;
      outage.over();
    } catch (error) {
      outage.failed({ error });
    }
  }

  return {
    begin() {
      looking = setInterval(() => void look(), LOOK_EVERY_MS);
    },
    add,
    sleep: ({ executionId, timer }) => void asleep.add(nameOf(executionId, timer)),
    look,
    stop() {
      stopped = true;
      if (looking !== null) clearInterval(looking);
      if (alarm !== null) clearTimeout(alarm);
    },
  };
}

function nameOf(executionId: string, timer: number): string {
  return `${executionId}:${timer}`;
}
