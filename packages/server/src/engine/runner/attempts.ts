/**
 * Hands tries to the action service and their outcomes back to the rules. A try is handed out only while our shards are
 * certainly ours; what cannot be handed out is held until they are, or left to the next owner.
 *
 * A try belongs to the process that runs it: when its shard moves it goes on here, and its outcome is reported to whoever
 * owns the execution then, see moved-tries.ts.
 */
import type { AttemptOutcome } from '@cloudflow/core/run/contract.ts';
import type { Clock } from '../../kernel/clock/clock.ts';
import type { Logger } from '../../kernel/log/log.ts';
import type { TryRef } from '../store/attempt-owners.ts';
import type { LiveExecution } from './live.ts';
import { neverBegan, type Try, type TryKey, tryName } from './try.ts';

export type AttemptsDeps = {
  readonly clock: Clock;
  readonly log: Logger;
  readonly run: (live: LiveExecution, effect: Try, signal: AbortSignal) => Promise<AttemptOutcome>;
  readonly mayHandOut: (shard: number) => boolean;
  readonly hear: (live: LiveExecution, effect: Try, outcome: AttemptOutcome) => void;
  /** Makes the outcome of a try known to whoever owns its execution; tries until that is done, or the process ends. */
  readonly report: (live: LiveExecution, effect: TryKey, outcome: AttemptOutcome) => Promise<void>;
  /** Asks another process to stop a try. */
  readonly stopElsewhere: (live: LiveExecution, names: readonly string[]) => void;
};

export type Attempts = {
  begin(live: LiveExecution, effect: Try): void;
  /** Asks a try to stop. One that was held, and so never began, is not handed out any more. */
  abort(live: LiveExecution, effect: TryKey): void;
  /** Hands out what was held, when it may be. */
  retryHeld(): void;
  /** Held, because it may not be handed out just now. */
  holds(live: LiveExecution): boolean;
  readonly running: number;
  /** From now on nothing is handed out. */
  close(): void;
  /** Resolves when nothing runs any more, or the time is over. */
  atRest(timeoutMs: number): Promise<void>;
  /** Those that run and will report through `report` once `record` has said that it is written down; false: it is not. */
  move(leaves: (live: LiveExecution) => boolean, record: (tries: readonly TryRef[]) => Promise<boolean>): Promise<void>;
  /** Of moved tries: stops those that are to stop, or that nobody waits for any more. */
  stopMoved(isUnwanted: (ref: TryRef) => boolean): void;
  /** The time is over: stops all, and forgets how they end unless they succeed. */
  giveUp(): void;
};

type UnderWay = {
  readonly live: LiveExecution;
  readonly effect: Try;
  readonly controller: AbortController;
  /** Set while and after it is handed over: whether that is written down. */
  moved: Promise<boolean> | null;
};

export function createAttempts(deps: AttemptsDeps): Attempts {
  const { clock, log, run, mayHandOut, hear } = deps;
  let held: { live: LiveExecution; effect: Try }[] = [];
  const under = new Set<UnderWay>();
  let resting: (() => void) | null = null;
  let closed = false;
  let givenUp = false;

  function begin(live: LiveExecution, effect: Try): void {
    if (live.dropped || closed) return; // it has no outcome in the journal: its next owner hands it out again
    if (live.elsewhere?.has(tryName(effect))) return; // it runs, and its outcome comes through the inbox
    if (!mayHandOut(live.shard)) return void held.push({ live, effect });
    const each: UnderWay = { live, effect, controller: new AbortController(), moved: null };
    const name = tryName(effect);
    live.attempts.set(name, each.controller);
    under.add(each);
    run(live, effect, each.controller.signal)
      .catch((error: unknown) => fault(live, error))
      .then(async (outcome) => {
        if (each.moved !== null) return void (await reportMoved(each, outcome));
        live.attempts.delete(name);
        under.delete(each);
        if (!live.dropped) hear(live, effect, outcome);
        if (under.size === 0) resting?.();
      })
      .catch((error: unknown) => log.error({ error, execution_id: live.id }, 'an outcome could not be heard'));
  }

  async function reportMoved(each: UnderWay, outcome: AttemptOutcome): Promise<void> {
    const { live, effect } = each;
    try {
      const isRecorded = await each.moved;
      // Stopped because the process ends: that is no outcome, and its next owner hands it out again.
      if (givenUp && 'error' in outcome) return;
      if (isRecorded) await deps.report(live, effect, outcome);
      else if (!live.dropped) hear(live, effect, outcome);
    } finally {
      under.delete(each);
      if (under.size === 0) resting?.();
    }
  }

  /** The runner of attempts answers with outcomes; that it throws is a bug of ours, and no reason to lose the step. */
  function fault(live: LiveExecution, error: unknown): AttemptOutcome {
    log.error({ error, execution_id: live.id, correlation_id: live.correlationId }, 'an attempt could not be run');
    return { error: { code: 'engine_error', message: 'The engine could not run this attempt.', retryable: true } };
  }

  function abort(live: LiveExecution, effect: TryKey): void {
    const name = tryName(effect);
    if (live.elsewhere?.has(name)) deps.stopElsewhere(live, [name]);
    live.attempts.get(name)?.abort(new Error('The step was stopped.'));
    const kept = held.find((each) => each.live === live && tryName(each.effect) === name);
    if (kept === undefined) return;
    held = held.filter((each) => each !== kept);
    // Not at once: who asks is in the middle of a decision.
    queueMicrotask(() => hear(live, kept.effect, neverBegan));
  }

  return {
    begin,
    abort,
    retryHeld() {
      if (held.length === 0) return;
      held = held.filter(({ live }) => !live.dropped);
      const now = held;
      held = [];
      for (const { live, effect } of now) begin(live, effect);
    },
    holds: (live) => held.some((each) => each.live === live),
    get running() {
      return under.size;
    },
    close() {
      closed = true;
      held = [];
    },
    async atRest(timeoutMs) {
      if (under.size === 0) return;
      const since = clock.now();
      await new Promise<void>((resolve) => {
        const timeout = setTimeout(resolve, timeoutMs);
        resting = () => {
          clearTimeout(timeout);
          resolve();
        };
      });
      log.info({ waited_ms: clock.now() - since, still_running: under.size }, 'waited for running attempts');
    },
    async move(leaves, record) {
      const moving = [...under].filter(({ live, effect, moved }) => moved === null && !effect.free && leaves(live));
      if (moving.length === 0) return;
      const recorded = record(moving.map(refOf));
      for (const each of moving) {
        each.moved = recorded;
        each.live.attempts.delete(tryName(each.effect)); // it does not end with what is in memory of its execution
      }
      if (await recorded) return;
      for (const each of moving) {
        if (each.live.dropped) each.controller.abort(new Error('The execution is not driven here any more.'));
        else each.live.attempts.set(tryName(each.effect), each.controller);
      }
    },
    stopMoved(isUnwanted) {
      for (const each of under)
        if (each.moved !== null && isUnwanted(refOf(each))) each.controller.abort(new Error('The step was stopped.'));
    },
    giveUp() {
      givenUp = true;
      for (const { controller } of under) controller.abort(new Error('The process stops.'));
    },
  };
}

function refOf({ live, effect }: UnderWay): TryRef {
  return { executionId: live.id, name: tryName(effect) };
}
