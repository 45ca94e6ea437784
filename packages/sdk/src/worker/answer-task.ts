/** Tells the server how a task ended, for as long as that is worth telling. */
import { ApiError, type Client } from '../client/index.ts';
import { isFinal, pauseMs, sleep } from './patience.ts';
import type { TaskOutcome } from './run-task.ts';
import type { Task } from './task-context.ts';
import type { TaskLog } from './task-log.ts';
import type { WorkerLogger } from './worker-log.ts';

export type AnswerDeps = {
  readonly client: Client;
  readonly logger: WorkerLogger;
  readonly signal: AbortSignal;
  readonly logs: ReturnType<TaskLog['take']>;
};

/**
 * The same answer again changes nothing, so an answer that was lost is sent again. Refused for what it is, it is a failure of the
 * task; refused because the task is another's, it is nothing.
 */
export async function answerTask(
  { client, logger, signal, logs }: AnswerDeps,
  task: Task,
  outcome: TaskOutcome,
): Promise<void> {
  const held = { id: task.id, lease_token: task.lease_token, ...(logs.length === 0 ? {} : { logs }) };
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      if ('output' in outcome) await client.tasks.complete({ ...held, output: outcome.output }, { signal });
      else await client.tasks.fail({ ...held, error: outcome.error }, { signal });
      return;
    } catch (error) {
      if (signal.aborted) return;
      const ids = { error, task: task.id, execution_id: task.execution_id, step: task.step };
      if (error instanceof ApiError && error.code === 'task_lost')
        return logger.warn(ids, 'a task is not ours any more; its answer changed nothing');
      if (isFinal(error) && 'output' in outcome)
        return answerTask({ client, logger, signal, logs }, task, refused(error));
      if (isFinal(error)) return logger.warn(ids, 'a failure was refused; the task is left until its lease is over');
      logger.warn(ids, 'an answer could not be sent; it is tried again');
      await sleep(pauseMs(failures), signal);
    }
  }
}

function refused(error: unknown): TaskOutcome {
  const isTooLarge = error instanceof ApiError && error.status === 413;
  const message = `The server does not take the output: ${error instanceof Error ? error.message : String(error)}`;
  return { error: { code: isTooLarge ? 'output_too_large' : 'unstorable_value', message: message.slice(0, 2_000) } };
}
