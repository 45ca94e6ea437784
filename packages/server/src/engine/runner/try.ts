/** One try of a step, as the runner and those who carry it out speak of it. */
import { isSensitive } from '@cloudflow/core/definition/sensitive.ts';
import type { AttemptOutcome, Effect } from '@cloudflow/core/run/contract.ts';
import type { AttemptRequest } from '../../action/index.ts';
import type { LiveExecution } from './live.ts';

export type Try = Extract<Effect, { kind: 'attempt' }>;
export type TryKey = Pick<Try, 'key' | 'attempt'>;

/** Names a try within its execution, also in `attempt_owners.try`: which run of which step, and the number of the try. */
export function tryName({ key, attempt }: TryKey): string {
  const round = key.r ? `@${key.r}` : '';
  return `${key.p ?? ''}/${key.s}${round}#${attempt}`;
}

/** The try that a name means. */
export function tryNamed(name: string): TryKey {
  const [, p = '', s = '', r, attempt] = /^(.*)\/([^/]+?)(?:@(\d+))?#(\d+)$/s.exec(name) ?? [];
  const key = { s, ...(p === '' ? {} : { p }), ...(r === undefined ? {} : { r: Number(r) }) };
  return { key, attempt: Number(attempt) };
}

/** Of a try that was to stop before anybody had begun it. */
export const neverBegan: AttemptOutcome = {
  error: { code: 'aborted', message: 'The try was stopped before it began.', retryable: false },
};

/** What the action service is asked. */
export function requestOf(
  { id: executionId, tenantId, correlationId, plan }: LiveExecution,
  effect: Try,
): AttemptRequest {
  return { ...effect, executionId, tenantId, correlationId, isSensitive: isSensitive(plan, effect.key.s) };
}
