/** From what happened to a function to the outcome of its try. */
import type { Json } from '@cloudflow/core/json.ts';
import type { AttemptOutcome } from '@cloudflow/core/run/contract.ts';
import type { FunctionReply } from './message.ts';

export function functionOutcome(reply: FunctionReply): AttemptOutcome {
  if ('result' in reply) return { output: JSON.parse(reply.result) as Json };
  const { code, message, line } = reply.error;
  return {
    error: { code, message, retryable: code === 'timeout', ...(line === undefined ? {} : { details: { line } }) },
  };
}

export const functionAborted: AttemptOutcome = {
  error: { code: 'aborted', message: 'The function was stopped', retryable: true },
};

export function functionLate(timeoutMs: number): AttemptOutcome {
  return { error: { code: 'timeout', message: `The function ran longer than ${timeoutMs} ms`, retryable: true } };
}

/** Nothing is wrong with the function: it had no chance to run. */
export function unavailable(message: string): AttemptOutcome {
  return { error: { code: 'overloaded', message, retryable: true, retryAfterMs: 1_000 } };
}

/** A thread that ends by itself was ended by what it ran. */
export function threadLost(error: NodeJS.ErrnoException): AttemptOutcome {
  const isMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  const [code, message] = isMemory
    ? ['out_of_memory', 'The function used more memory than it may']
    : ['function_error', 'The function ended its sandbox and was stopped'];
  return { error: { code, message, retryable: false } };
}
