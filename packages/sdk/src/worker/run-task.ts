/** Runs one task to its outcome: whatever the action does, there is one, soon after its time is over. */
import type { Json } from '@cloudflow/core/json.ts';
import { Compile } from 'typebox/compile';
import type { Action } from '../action.ts';
import type { TasksFailParams } from '../client/index.ts';
import { ActionError, RetryableError } from '../error.ts';
import { type ContextDeps, contextOf, type Task } from './task-context.ts';

/** How a try ended. */
export type TaskOutcome = { readonly output: Json } | { readonly error: TasksFailParams['error'] };

/** What an action that was told to stop has to say how far it came. */
const GRACE_MS = 5_000;
const MOST_MESSAGE = 2_000;

/** `stopped` fires when the task is not wanted any more, or the worker stops. */
export async function runTask(
  action: Action,
  task: Task,
  { stopped, ...deps }: ContextDeps & { readonly stopped: AbortSignal },
): Promise<TaskOutcome> {
  const problems = problemsOf(action, task.config);
  if (problems.length > 0) return misfit(problems);
  const controller = new AbortController();
  let giveUp: (outcome: TaskOutcome) => void = () => undefined;
  const late = new Promise<TaskOutcome>((resolve) => {
    giveUp = resolve;
  });
  const timers: ReturnType<typeof setTimeout>[] = [];
  let stoppedAs: TaskOutcome = aborted;
  const stop = (outcome: TaskOutcome, reason: unknown): void => {
    if (controller.signal.aborted) return;
    stoppedAs = outcome;
    controller.abort(reason);
    timers.push(setTimeout(() => giveUp(outcome), GRACE_MS));
  };
  const onStop = (): void => stop(aborted, stopped.reason);
  const timedOut = {
    error: { code: 'timeout', message: `The try took longer than ${task.timeout_ms} ms`, retryable: true },
  };
  timers.push(
    setTimeout(() => stop(timedOut, new Error('The time of the try is over')), Math.min(task.timeout_ms, 2 ** 31 - 1)),
  );
  stopped.addEventListener('abort', onStop, { once: true });
  if (stopped.aborted) onStop();
  try {
    return await Promise.race([
      ran(action, task, { ...deps, signal: controller.signal, stoppedAs: () => stoppedAs }),
      late,
    ]);
  } finally {
    stopped.removeEventListener('abort', onStop);
    for (const timer of timers) clearTimeout(timer);
  }
}

async function ran(
  action: Action,
  task: Task,
  { signal, stoppedAs, ...deps }: ContextDeps & { readonly signal: AbortSignal; readonly stoppedAs: () => TaskOutcome },
): Promise<TaskOutcome> {
  try {
    const output = await action.run(contextOf(task, signal, deps));
    return { output: asJson(output) };
  } catch (error) {
    return signal.aborted && !(error instanceof ActionError) ? stoppedAs() : failure(error);
  }
}

const aborted: TaskOutcome = { error: { code: 'aborted', message: 'The try was stopped', retryable: true } };

type ConfigProblem = { readonly pointer: string; readonly message: string };

/** Each action's schema is compiled once. */
const schemas = new WeakMap<Action, ReturnType<typeof Compile>>();

/** Without a word of the values: they may be secrets. */
function problemsOf(action: Action, config: unknown): readonly ConfigProblem[] {
  const schema = schemas.get(action) ?? Compile(action.config);
  schemas.set(action, schema);
  if (schema.Check(config)) return [];
  return schema.Errors(config).map(({ instancePath, message }) => ({ pointer: instancePath, message }));
}

function misfit(problems: readonly ConfigProblem[]): TaskOutcome {
  const [first] = problems;
  const message = `The config does not fit the action: ${first?.pointer || 'it'} ${first?.message}`;
  return { error: { code: 'config_invalid', message, details: { problems: problems.slice(0, 10) } } };
}

/** It ended because it was told to. */
export function isStopped(outcome: TaskOutcome): boolean {
  return outcome === aborted;
}

function failure(thrown: unknown): TaskOutcome {
  const message = (thrown instanceof Error ? thrown.message : `The action threw ${String(thrown)}`).slice(
    0,
    MOST_MESSAGE,
  );
  if (!(thrown instanceof ActionError)) return { error: { code: 'action_error', message } };
  const { code, details } = thrown;
  const retryable = thrown instanceof RetryableError;
  const afterMs = retryable ? thrown.afterMs : undefined;
  return {
    error: {
      code,
      message,
      retryable,
      ...(details === undefined ? {} : { details }),
      ...(afterMs === undefined || !Number.isFinite(afterMs)
        ? {}
        : { retry_after_ms: Math.max(0, Math.round(afterMs)) }),
    },
  };
}

/** As it is stored: without fields that are undefined, dates as text. */
function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null)) as Json;
}
