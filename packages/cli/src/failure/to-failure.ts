/** Whatever was thrown, as a failure that says what to do. */
import { ApiError, ConnectionError, TimeoutError } from '@cloudflow/sdk/client/index.ts';
import { unreachable } from '../server/unreachable.ts';
import { Failure } from './failure.ts';
import { endingOf, remedyOf } from './problem-failure.ts';

export function toFailure(error: unknown, url = 'the given address'): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof ApiError) return refused(error);
  if (error instanceof TimeoutError) {
    return new Failure(sentence(error.message), { ending: 'timeout', code: 'timeout', cause: error });
  }
  if (error instanceof ConnectionError) return unreachable(url, error.cause);
  const { message } = error instanceof Error ? error : new Error(String(error));
  return new Failure(sentence(message), { ending: 'error', code: 'internal', cause: error });
}

function refused(error: ApiError): Failure {
  const { status, code, title, detail, errors, correlationId } = error;
  return new Failure(detail === '' ? title : detail, {
    ending: endingOf(status),
    code,
    remedy: remedyOf(code),
    places: errors,
    problem: { type: `/docs/errors#${code}`, title, status, detail, code, errors, correlation_id: correlationId },
    correlationId,
    cause: error,
  });
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
