/** How steps end instead of being run: by id or by path, one answer for all tries or a list for one try after the other. */
import { parseDuration } from '../definition/duration.ts';
import type { Json } from '../json.ts';
import type { AttemptError, AttemptOutcome } from '../run/contract.ts';

export type StepMocks = { readonly [idOrPath: string]: StepMock };
/** The last answer of a list stands for all tries that follow. */
export type StepMock = MockedAnswer | readonly MockedAnswer[];
export type MockedAnswer = ({ readonly output: Json } | { readonly error: MockedError }) & {
  /** How much virtual time the try takes: a duration. */
  readonly after?: number | string;
};
export type MockedError = {
  readonly code: string;
  readonly message?: string;
  readonly details?: { readonly [key: string]: Json };
  /** Whether another try may succeed; by the code when it is not said. */
  readonly retryable?: boolean;
  readonly retry_after?: number | string;
};

export type MockedSteps = {
  /** The next answer for this step; undefined: it is not mocked. */
  answerTo(step: { readonly path: string; readonly stepId: string }): MockedAnswer | undefined;
  /** The keys that nothing asked for. */
  unused(): readonly string[];
};

/** A path goes before an id; behind the steps that called (`order/pay`) both stand as well. */
export function createMockedSteps(mocks: StepMocks): MockedSteps {
  const given = new Map<string, number>();

  return {
    answerTo({ path, stepId }) {
      const calls = path.slice(0, path.lastIndexOf('/') + 1);
      const key = [path, calls + stepId].find((each) => Object.hasOwn(mocks, each));
      if (key === undefined) return undefined;
      const count = given.get(key) ?? 0;
      given.set(key, count + 1);
      const mock = mocks[key];
      return isList(mock) ? mock[Math.min(count, mock.length - 1)] : mock;
    },
    unused: () => Object.keys(mocks).filter((key) => !given.has(key)),
  };
}

function isList(mock: StepMock | undefined): mock is readonly MockedAnswer[] {
  return Array.isArray(mock);
}

export function mockedOutcome(answer: MockedAnswer): AttemptOutcome {
  return 'output' in answer ? { output: answer.output } : { error: attemptError(answer.error) };
}

export function afterMs({ after }: { readonly after?: number | string }): number {
  return parseDuration(after ?? 0) ?? 0;
}

function attemptError({ code, message, details, retryable, retry_after }: MockedError): AttemptError {
  const wait = retry_after === undefined ? undefined : parseDuration(retry_after);
  return {
    code,
    message: message ?? `The mock answers with ${code}.`,
    retryable: retryable ?? isMostlyRetryable(code, details),
    ...(details === undefined ? {} : { details }),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  };
}

/** Codes that the product tries again, whatever the action is. */
const RETRYABLE: ReadonlySet<string> = new Set([
  'timeout',
  'network',
  'aborted',
  'overloaded',
  'credential_unavailable',
]);

function isMostlyRetryable(code: string, details: MockedError['details']): boolean {
  const status = details?.['status'];
  if (code !== 'http_status' || typeof status !== 'number') return RETRYABLE.has(code);
  return status >= 500 || [408, 425, 429].includes(status);
}
