/** What calls throw. `code` of an `ApiError` is from the closed table of the API, so that a `switch` on it is complete. */
import type { ProblemCode } from './api.generated.ts';

/** A place in what was sent, and what is wrong with it. */
export type ProblemPlace = {
  /** JSON pointer; `/query/…` and `/headers/…` for what is not in the body. */
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
  /** What was probably meant. */
  readonly suggestion?: string;
};

export type ApiErrorCode =
  | ProblemCode
  /** The answer is not one of this API: something stands between, or the address is another one. */
  | 'unexpected_answer';

export type ApiProblem = {
  readonly status: number;
  readonly code: ApiErrorCode;
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly ProblemPlace[];
  readonly correlationId: string;
  readonly headers: Headers;
};

/** All errors of the client but those of its caller, which are `TypeError`, and the reasons of his signals. */
export class CloudFlowError extends Error {
  override readonly name: string = 'CloudFlowError';
}

/** The API refused. */
export class ApiError extends CloudFlowError {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: ApiErrorCode;
  readonly title: string;
  /** What happened in this case. */
  readonly detail: string;
  readonly errors: readonly ProblemPlace[];
  /** Names the request in the log of the server. */
  readonly correlationId: string;
  readonly headers: Headers;

  constructor({ status, code, title, detail, errors, correlationId, headers }: ApiProblem) {
    super(detail === '' ? title : `${title}: ${detail}`);
    this.status = status;
    this.code = code;
    this.title = title;
    this.detail = detail;
    this.errors = errors;
    this.correlationId = correlationId;
    this.headers = headers;
  }
}

/** There was no answer: `cause` is what `fetch` said. Whether the request came through is not known. */
export class ConnectionError extends CloudFlowError {
  override readonly name = 'ConnectionError';
}

/** The time was up; `cause` is the last failure before it. Whether the request came through is not known. */
export class TimeoutError extends CloudFlowError {
  override readonly name = 'TimeoutError';
  readonly timeoutMs: number;

  constructor(message: string, { timeoutMs, cause }: { readonly timeoutMs: number; readonly cause?: unknown }) {
    super(message, cause === undefined ? {} : { cause });
    this.timeoutMs = timeoutMs;
  }
}
