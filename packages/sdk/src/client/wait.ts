/** Waits for the end of an execution, through restarts of the server and broken connections. */
import type { Api, Execution } from './api.generated.ts';
import { createDeadline } from './deadline.ts';
import { ApiError, TimeoutError } from './errors.ts';
import { followEvents } from './follow.ts';
import { isWorthRepeating } from './repeating.ts';
import type { Transport } from './transport.ts';

export type WaitOptions = {
  /** Default 10 minutes. The execution goes on when the time is up. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
};

export const longestWaitMs = 10 * 60_000;
const lookAgainMs = 5_000;

export type WaitDeps = {
  readonly api: Api;
  readonly transport: Transport;
  /** The execution is known to be there, so that no answer means to ask again, from the first time on. */
  readonly isKnown: boolean;
};

/** The execution as it ended, whatever its status is. */
export async function waitForEnd(
  { api, transport, isKnown }: WaitDeps,
  id: string,
  { timeoutMs = longestWaitMs, signal }: WaitOptions = {},
): Promise<Execution> {
  const deadline = createDeadline(timeoutMs, [signal]);
  const under = { signal: deadline.signal };
  let isThere = isKnown;
  let problem: unknown;
  const look = async () => {
    const seen = await api.executions.get(id, {}, under);
    isThere = true;
    if (seen.finished_at !== null) return seen;
    // The journal after what was seen: its end is what is waited for. Where it cannot be followed, looking tells.
    for await (const _event of followEvents(transport, id, { ...under, after: `${seen.as_of_seq}.0`, retries: 1 }));
    return api.executions.get(id, {}, under);
  };
  try {
    for (;;) {
      try {
        const seen = await look();
        if (seen.finished_at !== null) return seen;
      } catch (error) {
        if (deadline.signal.aborted || !isThere || !isPassing(error)) throw error;
        problem = error;
      }
      await transport.pause(lookAgainMs * transport.random(), deadline.signal);
    }
  } catch (error) {
    if (!deadline.isOver()) throw error;
    throw new TimeoutError(`execution ${id} has not ended within ${timeoutMs} ms`, { timeoutMs, cause: problem });
  } finally {
    deadline.clear();
  }
}

/** A proxy in between may know no streams: then the execution is looked at now and then. */
function isPassing(error: unknown): boolean {
  return isWorthRepeating(error, true) || (error instanceof ApiError && error.code === 'unexpected_answer');
}
