/** Retry policies: each field from the step, else from the top of the document, else the default. */
import type { RetryDocument } from './document.ts';
import { parseDuration } from './duration.ts';
import type { Issues } from './issues.ts';
import type { RetryPolicy } from './plan.ts';

/** Three retries after 2 s, 4 s and 8 s; as the architecture of the product promises. */
export const defaultRetry: RetryPolicy = {
  maxAttempts: 4,
  backoff: 'exponential',
  initialMs: 2000,
  multiplier: 2,
  maxIntervalMs: 3_600_000,
  jitter: 0,
  on: null,
  except: [],
};

export function resolveRetry(own: RetryDocument | undefined, top: RetryDocument | undefined): RetryPolicy {
  return overlay(overlay(defaultRetry, top), own);
}

function overlay(under: RetryPolicy, over: RetryDocument | undefined): RetryPolicy {
  if (over === undefined) return under;
  return {
    maxAttempts: over.max_attempts ?? (over.max_retries === undefined ? under.maxAttempts : over.max_retries + 1),
    backoff: over.backoff ?? under.backoff,
    initialMs: parseDuration(over.initial) ?? under.initialMs,
    multiplier: over.multiplier ?? under.multiplier,
    maxIntervalMs: parseDuration(over.max_interval) ?? under.maxIntervalMs,
    jitter: over.jitter ?? under.jitter,
    on: over.on ?? under.on,
    except: over.except ?? under.except,
  };
}

/** What the schema cannot say about a policy. */
export function checkRetry(retry: RetryDocument | undefined, pointer: string, issues: Issues): void {
  if (retry === undefined) return;
  if (retry.max_attempts !== undefined && retry.max_retries !== undefined) {
    issues.error({
      code: 'conflicting_fields',
      pointer: `${pointer}/max_retries`,
      message:
        '`max_attempts` and `max_retries` say the same in two ways; keep one (`max_attempts: 3` is `max_retries: 2`)',
    });
  }
  for (const field of ['initial', 'max_interval'] as const) {
    const value = retry[field];
    if (value !== undefined && parseDuration(value) === undefined) {
      issues.error({
        code: 'invalid_duration',
        pointer: `${pointer}/${field}`,
        message: 'expected a duration such as `5s`',
      });
    }
  }
}
