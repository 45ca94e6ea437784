/**
 * Sees to it that nothing is stuck silently. Every half minute one process asks the database what must never be, and each
 * process looks whether what it owns and what waits for nothing is in its memory: a page at a time, on and on through all.
 * What is found is counted, logged, and shown by /readyz; an execution that nobody drives is taken up again.
 */
import type { Logger } from '../../kernel/log/log.ts';
import { createOutage } from '../../kernel/log/outage.ts';
import type { Invariant, Violations } from '../store/violations.ts';

export type WatchdogDeps = {
  readonly log: Logger;
  readonly ownedShards: () => readonly number[];
  readonly violations: () => Promise<Violations | null>;
  readonly unwaiting: (
    shards: readonly number[],
    after: string,
  ) => Promise<{ readonly ids: readonly string[]; readonly last: string | null }>;
  /** In memory, or on its way there. */
  readonly isDriven: (executionId: string) => boolean;
  readonly takeUp: (executionId: string) => void;
  readonly counted: (invariant: Invariant, violations: number) => void;
};

export type Watchdog = {
  look(): Promise<void>;
  /** What the last look found; null: nothing. */
  complaint(): string | null;
};

const FIRST = '00000000-0000-0000-0000-000000000000';

export function createWatchdog(deps: WatchdogDeps): Watchdog {
  const outage = createOutage(deps.log, {
    failed: 'the watchdog could not look; it is tried again',
    over: 'the watchdog looks again',
  });
  const found = new Map<Invariant, number>();
  /** Not driven at the last look: that one may have been in the middle of something, so the same page is looked at twice. */
  let suspected: ReadonlySet<string> | null = null;
  let after = FIRST;
  let isLooking = false;

  async function askAll(): Promise<void> {
    const answer = await deps.violations();
    // Who asks no more has nothing to say: another process has.
    const all = answer ?? { unowned: 0, overdue_timers: 0, old_inbox_rows: 0 };
    for (const invariant of ['unowned', 'overdue_timers', 'old_inbox_rows'] as const) note(invariant, all[invariant]);
  }

  async function askOurs(): Promise<void> {
    const { ids, last } = await deps.unwaiting(deps.ownedShards(), after);
    const undriven = ids.filter((id) => !deps.isDriven(id));
    const stuck = suspected === null ? [] : undriven.filter((id) => suspected?.has(id));
    for (const id of stuck) {
      deps.log.error({ execution_id: id }, 'an execution that waits for nothing was driven by nobody; it is taken up');
      deps.takeUp(id);
    }
    const isFirstLook = suspected === null && undriven.length > 0;
    suspected = isFirstLook ? new Set(undriven) : null;
    if (!isFirstLook) after = last ?? FIRST;
    if (!isFirstLook || stuck.length > 0) note('not_driven', stuck.length);
  }

  function note(invariant: Invariant, violations: number): void {
    if (violations > 0 && (found.get(invariant) ?? 0) === 0)
      deps.log.error({ invariant, violations }, 'something is stuck: see engine_invariant_violations');
    found.set(invariant, violations);
    deps.counted(invariant, violations);
  }

  return {
    async look() {
      if (isLooking) return;
      isLooking = true;
      try {
        await askAll();
        await askOurs();
        outage.over();
      } catch (error) {
        outage.failed({ error });
      } finally {
        isLooking = false;
      }
    },
    complaint() {
      const words = [...found].flatMap(([invariant, count]) => (count > 0 ? `${invariant}: ${count}` : []));
      return words.length === 0 ? null : `stuck: ${words.join(', ')}`;
    },
  };
}
