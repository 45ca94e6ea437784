/** One try of a step, as the runner and those who carry it out speak of it. */
import type { AttemptOutcome, Effect } from '@cloudflow/core/run/contract.ts';

export type Try = Extract<Effect, { kind: 'attempt' }>;

export function tryName({ key, attempt }: Pick<Try, 'key' | 'attempt'>): string {
  return `${key.p ?? ''}/${key.s}/${key.r ?? 0}#${attempt}`;
}

/** Of a try that was to stop before anybody had begun it. */
export const neverBegan: AttemptOutcome = {
  error: { code: 'aborted', message: 'The try was stopped before it began.', retryable: false },
};
