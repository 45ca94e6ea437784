/** The error that a refusal says; of an answer that is none of this API, what can be told of it. */
import { ApiError, type ApiErrorCode, type ProblemPlace } from './errors.ts';

export function problemOf(response: Response, text: string): ApiError {
  const { status, headers } = response;
  const problem = parse(text);
  const correlationId = textOf(problem?.correlation_id) ?? headers.get('x-correlation-id') ?? '';
  if (textOf(problem?.code) === undefined || problem === undefined)
    return unexpected(response, `The answer with status ${status} is not a problem of CloudFlow.`);
  return new ApiError({
    status,
    code: problem.code as ApiErrorCode,
    title: textOf(problem.title) ?? `Status ${status}`,
    detail: textOf(problem.detail) ?? '',
    errors: Array.isArray(problem.errors) ? (problem.errors as ProblemPlace[]) : [],
    correlationId,
    headers,
  });
}

export function unexpected({ status, headers }: Response, detail: string): ApiError {
  const correlationId = headers.get('x-correlation-id') ?? '';
  return new ApiError({
    status,
    code: 'unexpected_answer',
    title: 'The answer cannot be understood',
    detail,
    errors: [],
    correlationId,
    headers,
  });
}

function parse(text: string): { readonly [field: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as { readonly [field: string]: unknown }) : undefined;
  } catch {
    return undefined;
  }
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);
