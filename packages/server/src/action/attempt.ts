/** One try of an effect, and whoever runs tries: what the engine hands out and gets back. */
import type { AttemptOutcome, Effect } from '@cloudflow/core/run/contract.ts';

/** A try as `decide` asked for it, and whose it is. */
export type AttemptRequest = Extract<Effect, { readonly kind: 'attempt' }> & {
  readonly executionId: string;
  readonly tenantId: string;
  readonly correlationId: string;
  /** What it is given and gives is encrypted where it is kept: nothing of it is logged. */
  readonly isSensitive?: boolean;
};

export type AttemptRunner = {
  /**
   * Runs one try to its outcome. Never rejects, and always ends: at the deadline with `timeout`; after `signal` fires with
   * what the action still reports within the grace, or `aborted`; with `overloaded` when too many wait already.
   */
  run(request: AttemptRequest, signal: AbortSignal): Promise<AttemptOutcome>;
  /** Tries under way, the waiting ones included. */
  readonly running: number;
  /** Aborts what runs, and ends threads. */
  close(): Promise<void>;
};

/** Told of every ended try: `outcome` is `success` or the error's code. */
export type AttemptObserver = (ended: {
  readonly type: string;
  readonly outcome: string;
  readonly durationMs: number;
}) => void;
