/** What executions hear of their tasks: rows of the inbox, each written with the change of the task that it tells of. */
import type { AttemptOutcome, RunInput } from '@cloudflow/core/run/contract.ts';
import type { TaskEnd } from '@cloudflow/core/run/event.ts';
import { tryNamed } from '../runner/try.ts';

/** `try` is a name, see `tryName`. */
type Payload = {
  readonly try: string;
  readonly by?: string;
  readonly why?: TaskEnd;
  readonly outcome?: AttemptOutcome;
};

export function taskInput(kind: 'task_claimed' | 'task_lost' | 'task_ended', payload: string, at: number): RunInput {
  const { try: name, by = '', why = 'lost', outcome = noOutcome } = JSON.parse(payload) as Payload;
  const about = { ...tryNamed(name), at };
  if (kind === 'task_claimed') return { kind, ...about, by };
  if (kind === 'task_lost') return { kind, ...about, why };
  return { kind: 'attempt_ended', ...about, outcome };
}

const noOutcome: AttemptOutcome = {
  error: { code: 'engine_error', message: 'The outcome of this try was not told.', retryable: true },
};

export function endedPayload(name: string, outcome: AttemptOutcome): string {
  return JSON.stringify({ try: name, outcome } satisfies Payload);
}
