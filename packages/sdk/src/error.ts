/**
 * How an action says that it failed. Anything else that it throws ends the step with the code `action_error`, without
 * another try.
 */
import type { Json } from '@cloudflow/core/json.ts';

export type ActionErrorOptions = {
  /** One of the codes the action declares in `errors`. */
  readonly code: string;
  /** What a person needs to understand the failure; stored and shown, so never a secret. */
  readonly details?: Readonly<Record<string, Json>>;
  readonly cause?: unknown;
};

/** The step failed, and another try would fail in the same way. */
export class ActionError extends Error {
  override readonly name: string = 'ActionError';
  readonly code: string;
  readonly details: Readonly<Record<string, Json>> | undefined;

  constructor(message: string, options: ActionErrorOptions) {
    super(message, { cause: options.cause });
    this.code = options.code;
    this.details = options.details;
  }
}

/** The try failed, and another one may succeed. */
export class RetryableError extends ActionError {
  override readonly name: string = 'RetryableError';
  /** The other side asked for at least this wait. */
  readonly afterMs: number | undefined;

  constructor(message: string, options: ActionErrorOptions & { readonly afterMs?: number }) {
    super(message, options);
    this.afterMs = options.afterMs;
  }
}

/** A field of the config that its schema could not judge. Every action may throw it, without a row in its `errors`. */
export function configInvalid(pointer: string, problem: string): ActionError {
  return new ActionError(`config${pointer} ${problem}`, { code: 'config_invalid', details: { pointer } });
}
