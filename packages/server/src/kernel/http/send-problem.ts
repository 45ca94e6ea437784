/** The way from whatever was thrown to an answer: known refusals as they are, everything else as a 500 without a word of why. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CommitUnknownError, DatabaseUnavailableError } from '../db/errors.ts';
import { Problem, type ProblemCode, problem, toProblemJson } from '../errors/problem.ts';
import type { Logger } from '../log/log.ts';

export function sendProblem(refusal: Problem, request: FastifyRequest, reply: FastifyReply) {
  const instance = pathOf(request.url);
  const body = toProblemJson(refusal, { instance, correlationId: request.trace.correlationId });
  return reply
    .code(refusal.status)
    .headers(refusal.headers)
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(body));
}

/** Logs what was refused or went wrong. The log has the cause; the answer has the correlation id. */
export function logProblem(refusal: Problem, request: FastifyRequest, log: Logger): void {
  const entry = {
    correlation_id: request.trace.correlationId,
    code: refusal.code,
    status: refusal.status,
    method: request.method,
    path: pathOf(request.url),
    ...(refusal.cause !== undefined && { error: refusal.cause }),
    ...(request.caller && { tenant_id: request.caller.tenantId, principal_id: request.caller.principalId }),
  };
  if (refusal.status === 500) log.error(entry, 'request failed');
  else if (refusal.status === 503) log.warn(entry, 'request refused');
  else log.info(entry, 'request refused');
}

export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof DatabaseUnavailableError || error instanceof CommitUnknownError) {
    return problem('database_unavailable', { retryAfter: 1, cause: error });
  }
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const known = frameworkCodes[code];
  return known ? problem(known) : problem('internal', { cause: error });
}

const frameworkCodes: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed_request',
  FST_ERR_CTP_EMPTY_TYPE: 'unsupported_media_type',
  FST_ERR_BAD_URL: 'malformed_request',
  FST_ERR_MAX_PARAM_LENGTH: 'not_found',
  // The caller went away in the middle of its body; nobody reads this answer.
  ECONNRESET: 'malformed_request',
  ERR_STREAM_PREMATURE_CLOSE: 'malformed_request',
};

/** Without the query: it may hold what should not be in logs and pages. */
export function pathOf(url: string): string {
  const end = url.indexOf('?');
  return (end < 0 ? url : url.slice(0, end)).slice(0, 500);
}
