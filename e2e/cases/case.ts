/** A case: a definition, the outside world it meets, and what is seen from outside when it has ended. */

import type { Definition } from '../definitions.ts';
import type { Script } from '../outside-world.ts';

export type Case = {
  /** The rule, and the rows it proves. */
  readonly name: string;
  readonly definition: Definition;
  readonly input?: unknown;
  /** What the outside answers, by `POST /step`. */
  readonly world?: Script;
  /** Sent one after the other, each when the execution waits for that reason. */
  readonly signals?: readonly { readonly when: string; readonly name: string; readonly payload: unknown }[];
  /** It is cancelled when it waits for that reason. */
  readonly cancelWhen?: string;
  readonly expect: Expected;
};

export type Expected = {
  readonly status: 'COMPLETED' | 'FAILED' | 'CANCELLED';
  readonly output?: unknown;
  readonly error?: { readonly code: string; readonly step?: string };
  readonly variables?: unknown;
  /** Status of the one run of each named step. */
  readonly steps?: { readonly [id: string]: 'SUCCESS' | 'FAILED' | 'SKIPPED' };
  /** Names of the calls, in order; with `inAnyOrder` as a set. */
  readonly calls?: readonly string[];
  readonly inAnyOrder?: boolean;
  /** The most calls at the same time. */
  readonly peak?: number;
  /** All calls carried the same Idempotency-Key (true), or each one of its own (false). */
  readonly sameKey?: boolean;
  /** Milliseconds from start to end, as the execution itself reports them. */
  readonly atLeastMs?: number;
  readonly atMostMs?: number;
};
