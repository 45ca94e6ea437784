/** There was no answer: why, and what to do about it. */
import { Failure } from '../failure/failure.ts';

export function unreachable(url: string, error: unknown): Failure {
  return new Failure(`The server at ${url} cannot be reached: ${reasonOf(error)}.`, {
    ending: 'error',
    code: 'unreachable',
    remedy:
      'Start it with `cloudflow start`, or name another with --url, CLOUDFLOW_URL or a profile. `cloudflow doctor` looks closer.',
    cause: error,
  });
}

/** `fetch` hides what happened one level deep, and a host with two addresses hides it in a list. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0]);
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const known: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'nothing listens there',
    ENOTFOUND: 'there is no host of this name',
    ECONNRESET: 'the connection was broken off',
    UND_ERR_SOCKET: 'the connection was broken off',
    ETIMEDOUT: 'no connection came about in time',
    UND_ERR_CONNECT_TIMEOUT: 'no connection came about in time',
  };
  return known[code] ?? (cause instanceof Error ? cause.message : String(cause));
}
