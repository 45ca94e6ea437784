/** A refusal on its way to the caller: thrown anywhere below a route, answered as RFC 9457 `application/problem+json`. */
import { type ProblemCode, problemCodes } from './problem-codes.ts';

export type { ProblemCode } from './problem-codes.ts';

/** One place in the request that is wrong. */
export type ProblemError = {
  /** JSON pointer into the body (or the input, where the operation says so); `/query/NAME` and `/headers/NAME` else. */
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
  readonly suggestion?: string;
  /** In an expression: where in the text at the pointer. */
  readonly position?: number;
};

export type ProblemOptions = {
  /** What happened in this case, for people. */
  readonly detail?: string;
  readonly errors?: readonly ProblemError[];
  /** Seconds, for the header `Retry-After`. */
  readonly retryAfter?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** For the log only, never for the answer. */
  readonly cause?: unknown;
};

export class Problem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly errors: readonly ProblemError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, { detail, errors, retryAfter, headers, cause }: ProblemOptions = {}) {
    super(detail ?? problemCodes[code].meaning, cause === undefined ? undefined : { cause });
    this.name = 'Problem';
    this.code = code;
    this.status = problemCodes[code].status;
    this.errors = errors;
    this.headers =
      retryAfter === undefined ? (headers ?? {}) : { ...headers, 'retry-after': String(Math.ceil(retryAfter)) };
  }
}

export function problem(code: ProblemCode, options?: ProblemOptions): Problem {
  return new Problem(code, options);
}

/** The answer's body. `type` is a page of this server that explains the code. */
export function toProblemJson(refusal: Problem, at: { readonly instance: string; readonly correlationId: string }) {
  return {
    type: `/docs/errors#${refusal.code}`,
    title: problemCodes[refusal.code].title,
    status: refusal.status,
    detail: refusal.message,
    instance: at.instance,
    code: refusal.code,
    ...(refusal.errors && { errors: refusal.errors }),
    correlation_id: at.correlationId,
  };
}
