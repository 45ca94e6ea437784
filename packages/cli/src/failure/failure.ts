/** What a command throws when it cannot do what was asked: what happened, why, and what to do about it. */
import type { Json } from '@cloudflow/core/json.ts';
import type { Ending } from './exit-codes.ts';

/** One place that is wrong, as in `errors` of a problem of the API. */
export type Place = {
  readonly pointer: string;
  readonly code?: string;
  readonly message: string;
  readonly suggestion?: string;
};

export type FailureOptions = {
  readonly ending: Ending;
  /** What to do about it, as a sentence. */
  readonly remedy?: string | undefined;
  readonly places?: readonly Place[];
  /** Of the table of the API; of our own where the server was not asked. */
  readonly code?: string;
  /** The answer of the server as it came, for `-o json`. */
  readonly problem?: Json;
  readonly correlationId?: string | undefined;
  readonly cause?: unknown;
};

export class Failure extends Error {
  override readonly name = 'Failure';
  readonly options: FailureOptions;

  constructor(message: string, options: FailureOptions) {
    super(message, { cause: options.cause });
    this.options = options;
  }
}

export function usageFailure(message: string, remedy?: string): Failure {
  return new Failure(message, { ending: 'usage', code: 'usage', remedy });
}

/** Ctrl-C, wherever it was noticed. */
export function interrupted(): Failure {
  return new Failure('Interrupted.', { ending: 'interrupted', code: 'interrupted' });
}
