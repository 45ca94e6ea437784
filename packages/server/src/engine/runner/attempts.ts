/**
 * Hands tries to the action service and their outcomes back to the rules. A try is handed out only while our shards are
 * certainly ours; what cannot be handed out is held until they are, or left to the next owner.
 */
import type { AttemptOutcome } from '@cloudflow/core/run/contract.ts';
import type { Clock } from '../../kernel/clock/clock.ts';
import type { Logger } from '../../kernel/log/log.ts';
import type { LiveExecution } from './live.ts';
import { neverBegan, type Try, tryName } from './try.ts';

export type AttemptsDeps = {
  readonly clock: Clock;
  readonly log: Logger;
  readonly run: (live: LiveExecution, effect: Try, signal: AbortSignal) => Promise<AttemptOutcome>;
  readonly mayHandOut: () => boolean;
  readonly hear: (live: LiveExecution, effect: Try, outcome: AttemptOutcome) => void;
};

export type Attempts = {
  begin(live: LiveExecution, effect: Try): void;
  /** Asks a try to stop. One that was held, and so never began, is not handed out any more. */
  abort(live: LiveExecution, effect: Pick<Try, 'key' | 'attempt'>): void;
  /** Hands out what was held, when it may be. */
  retryHeld(): void;
  readonly running: number;
  /** Hands out nothing more, and resolves when what runs has ended or the time is over. */
  drain(timeoutMs: number): Promise<void>;
};

export function createAttempts({ clock, log, run, mayHandOut, hear }: AttemptsDeps): Attempts {
  let held: { live: LiveExecution; effect: Try }[] = [];
  let running = 0;
  let draining: (() => void) | null = null;
  let closed = false;

  function begin(live: LiveExecution, effect: Try): void {
    if (live.dropped || closed) return; // it has no outcome in the journal: its next owner hands it out again
    if (!mayHandOut()) return void held.push({ live, effect });
    const controller = new AbortController();
    const name = tryName(effect);
    live.attempts.set(name, controller);
    running += 1;
    run(live, effect, controller.signal)
      .catch((error: unknown) => fault(live, error))
      .then((outcome) => {
        running -= 1;
        live.attempts.delete(name);
        if (!live.dropped) hear(live, effect, outcome);
        if (running === 0) draining?.();
      })
      .catch((error: unknown) => log.error({ error, execution_id: live.id }, 'an outcome could not be heard'));
  }

  /** The runner of attempts answers with outcomes; that it throws is a bug of ours, and no reason to lose the step. */
  function fault(live: LiveExecution, error: unknown): AttemptOutcome {
    log.error({ error, execution_id: live.id, correlation_id: live.correlationId }, 'an attempt could not be run');
    return { error: { code: 'engine_error', message: 'The engine could not run this attempt.', retryable: true } };
  }

  function abort(live: LiveExecution, effect: Pick<Try, 'key' | 'attempt'>): void {
    const name = tryName(effect);
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
      if (!mayHandOut()) return;
      const now = held;
      held = [];
      for (const { live, effect } of now) begin(live, effect);
    },
    get running() {
      return running;
    },
    async drain(timeoutMs) {
      closed = true;
      held = [];
      if (running === 0) return;
      const since = clock.now();
      await new Promise<void>((resolve) => {
        const timeout = setTimeout(resolve, timeoutMs);
        draining = () => {
          clearTimeout(timeout);
          resolve();
        };
      });
      log.info({ waited_ms: clock.now() - since, still_running: running }, 'waited for running attempts');
    },
  };
}
