/** A refusal of the server (problem+json) as a failure. */
import { isJsonObject, type Json, type JsonObject } from '@cloudflow/core/json.ts';
import type { Ending } from './exit-codes.ts';
import { Failure, type Place } from './failure.ts';

/** What the remedy is here, where the table of the API speaks of HTTP. */
const remedies: Readonly<Record<string, string>> = {
  unauthenticated: 'Log in with `cloudflow auth login`, or set CLOUDFLOW_API_KEY.',
  forbidden: 'Use a key that has the permission, or ask an administrator for it.',
  version_exists: 'Raise `version` in the definition; a published version never changes.',
  precondition_failed: 'It has changed since it was read: look at it again, then repeat the command.',
  workflow_disabled: 'Let it start runs again with `cloudflow workflow enable <workflow>`.',
  execution_running: 'Wait for its end with `cloudflow run watch <run>`, or cancel it.',
  nothing_failed: 'Name the step to begin at: `--from <step>`, or `--from start`.',
  already_compensated: 'Begin at `--from start`, or at the first of these steps; or add `--force`.',
  rate_limited: 'Wait a little, then repeat the command.',
  overloaded: 'Wait a little, then repeat the command.',
};

export function problemFailure(status: number, body: Json | undefined, correlationId?: string): Failure {
  const problem: JsonObject = isJsonObject(body) ? body : {};
  const code = textOf(problem['code']) ?? `http_${status}`;
  const message = textOf(problem['detail']) ?? textOf(problem['title']) ?? `The server answered with status ${status}.`;
  return new Failure(message, {
    ending: endingOf(status),
    code,
    remedy: remedyOf(code),
    places: placesOf(problem['errors']),
    ...(isJsonObject(body) && { problem: body }),
    correlationId: textOf(problem['correlation_id']) ?? correlationId,
  });
}

export function remedyOf(code: string): string | undefined {
  return remedies[code];
}

export function endingOf(status: number): Ending {
  if (status === 401 || status === 403) return 'auth';
  if (status === 404) return 'not_found';
  if (status === 408 || status === 504) return 'timeout';
  if (status === 409 || status === 412 || status === 423 || status === 428) return 'conflict';
  return status >= 400 && status < 500 && status !== 429 ? 'validation' : 'error';
}

function placesOf(errors: Json | undefined): readonly Place[] {
  const list = Array.isArray(errors) ? (errors as readonly Json[]) : [];
  return list.filter(isJsonObject).map((each) => {
    const code = textOf(each['code']);
    const suggestion = textOf(each['suggestion']);
    return {
      pointer: textOf(each['pointer']) ?? '',
      message: textOf(each['message']) ?? '',
      ...(code !== undefined && { code }),
      ...(suggestion !== undefined && { suggestion }),
    };
  });
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
