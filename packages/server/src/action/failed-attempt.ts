/** From what an action threw to the error that is recorded. */
import type { AttemptError, AttemptOutcome } from '@cloudflow/core/run/contract.ts';
import { ActionError, RetryableError } from '@cloudflow/sdk/error.ts';
import type { ConfigProblem } from './registry.ts';
import { storableOutput } from './storable-output.ts';

const maxMessage = 2_000;
const detailLimits = { maxOutputBytes: 16 * 1024, maxOutputDepth: 20 };

export function failure(thrown: unknown): AttemptOutcome {
  if (!(thrown instanceof ActionError)) return failed('action_error', messageOf(thrown));
  const retryable = thrown instanceof RetryableError;
  const retryAfterMs = retryable ? thrown.afterMs : undefined;
  return failed(String(thrown.code), messageOf(thrown), {
    retryable,
    ...detailsOf(thrown),
    ...(retryAfterMs !== undefined && Number.isFinite(retryAfterMs) ? { retryAfterMs } : {}),
  });
}

export function timedOut(timeoutMs: number): AttemptOutcome {
  return failed('timeout', `The try took longer than ${timeoutMs} ms`, { retryable: true });
}

export const aborted: AttemptOutcome = failed('aborted', 'The try was stopped', { retryable: true });

export const overloaded: AttemptOutcome = failed('overloaded', 'Too many tries wait to run in this process', {
  retryable: true,
  retryAfterMs: 1_000,
});

export function unknownAction(type: string): AttemptOutcome {
  return failed('action_unknown', `No action of type ${type} is registered in this process`);
}

export function secretNotTaken(type: string): AttemptOutcome {
  return failed('credential_unusable', `${type} takes no \`secrets.NAME\`: it gives back what it makes of its config`);
}

export function invalidConfig(problems: readonly ConfigProblem[]): AttemptOutcome {
  const [first] = problems;
  const message = `The config does not fit the action: ${first?.pointer || 'it'} ${first?.message}`;
  return failed('config_invalid', message, { details: { pointer: first?.pointer ?? '', problems } });
}

function failed(code: string, message: string, rest: Partial<AttemptError> = {}): AttemptOutcome {
  return { error: { code, message, retryable: false, ...rest } };
}

function messageOf(thrown: unknown): string {
  try {
    const message = thrown instanceof Error ? thrown.message : `The action threw ${String(thrown)}`;
    return String(message).slice(0, maxMessage);
  } catch {
    return 'The action threw a value that cannot be shown';
  }
}

/** Details are stored like an output; those that cannot be are left out rather than lose the error. */
function detailsOf({ details }: ActionError): Pick<AttemptError, 'details'> {
  if (details === undefined) return {};
  const stored = storableOutput(details, detailLimits);
  return 'output' in stored ? { details: stored.output as NonNullable<AttemptError['details']> } : {};
}
