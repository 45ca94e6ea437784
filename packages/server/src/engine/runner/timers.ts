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
  /** Armed timers of owned shards that are due before the time, earliest first. */
  readonly lookAhead: (before: number) => Promise<readonly HeapTimer[]>;
  readonly onDue: (timer: HeapTimer) => void;
  readonly log: Logger;
};

export type Timers = {
  /** From now on the table is looked at, again and again. */
  begin(): void;
  add(timer: HeapTimer): void;
  /** Looks at the table now: after shards were taken. */
  look(): Promise<void>;
  stop(): void;
};

const LOOK_AHEAD_MS = 15_000;
const LOOK_EVERY_MS = 5_000;
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
    for (const timer of heap.takeDue(clock.now(), BATCH)) {
      known.delete(nameOf(timer.executionId, timer.timer));
      onDue(timer);
    }
    setAlarm();
  }

  function add(timer: HeapTimer): void {
    const name = nameOf(timer.executionId, timer.timer);
    if (known.has(name) || timer.due > clock.now() + 2 * LOOK_AHEAD_MS) return; // a later look finds it
    known.add(name);
    heap.add(timer);
    setAlarm();
  }

  async function look(): Promise<void> {
    if (stopped) return;
    try {
      for (const timer of await lookAhead(clock.now() + LOOK_AHEAD_MS)) add(timer);
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
