/** What every call can be given beside what it is about. */

export type CallOptions = {
  /** Ends the call at once; what it throws is the reason of the signal. */
  readonly signal?: AbortSignal;
  /** For the call with all its tries and the waiting between them. */
  readonly timeoutMs?: number;
  /** For one try, where there may be another. */
  readonly tryTimeoutMs?: number;
  /** How often a call that may be repeated is tried again. */
  readonly retries?: number;
  /** Sent beside those that the client sends by itself. */
  readonly headers?: Readonly<Record<string, string>>;
};

/** Of calls that create. */
export type CreateOptions = CallOptions & {
  /** Names what is created: a repeat with the same key answers for it. Made for each call when absent. */
  readonly idempotencyKey?: string;
};

/** Of calls that overwrite or delete. */
export type BoundOptions = CallOptions & {
  /** The ETag that reading it gave: the call is refused when it has changed since. */
  readonly ifMatch?: string;
};
