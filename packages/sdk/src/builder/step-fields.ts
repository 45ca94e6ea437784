/** The fields of a step beside what it does: when it runs, how often, and what becomes of it. */
import type { Json, JsonObject } from '@cloudflow/core/json.ts';
import type { Action } from '../action.ts';
import type { Expr } from './expression.ts';
import { fieldsForDocument } from './field-name.ts';
import type { StepBody } from './step-body.ts';
import { render } from './value.ts';

/** Text with or without `${ }`, or an expression. */
export type Condition = string | Expr<boolean>;
/** Milliseconds, or text such as `250ms 5s 10m 2h 3d` and `PT5S`. */
export type Duration = number | string;

export type Retry = {
  readonly maxAttempts?: number;
  readonly maxRetries?: number;
  readonly backoff?: 'exponential' | 'linear' | 'fixed';
  readonly initial?: Duration;
  readonly multiplier?: number;
  readonly maxInterval?: Duration;
  readonly jitter?: number;
  readonly on?: readonly string[];
  readonly except?: readonly string[];
};

export type StepError = {
  readonly step: string;
  readonly code: string;
  readonly message: string;
  readonly details: unknown;
};

/** `Steps` is a function that is given an empty block, and gives it back with its steps. */
export type Handler<Steps> = {
  readonly steps: Steps;
  /** On a `block`: what succeeded inside is undone first. */
  readonly compensate?: boolean;
};

type WorkFields<Steps> = {
  readonly when?: Condition;
  readonly timeout?: Duration;
  readonly retry?: Retry;
  readonly onError?: 'fail' | 'continue' | 'skip' | Handler<Steps>;
  readonly delivery?: 'at_least_once' | 'at_most_once';
  readonly sensitive?: boolean;
};

/** A compensation with fields of its own: `{ do: http({ … }), timeout: '5s' }`. */
export type Compensation<Steps> = StepBody<unknown> | (WorkFields<Steps> & { readonly do: StepBody<unknown> });

export type StepFields<Id extends string, Steps> = WorkFields<Steps> & {
  /** Without it a step depends on the steps of its block that its expressions use; `[]` is none. */
  readonly dependsOn?: Id | LaterStep | readonly (Id | LaterStep)[];
  readonly join?:
    | ('all' | 'any' | 'each' | 'sets')
    | { readonly count: number }
    | { readonly each: number }
    | { readonly sets: number };
  readonly cancelRemaining?: boolean;
  readonly milestone?: { readonly when: Condition; readonly else?: 'skip' | 'wait' };
  readonly lock?: { readonly key: string | Expr<unknown>; readonly scope: 'execution' | 'workflow' | 'tenant' };
  readonly compensate?: Compensation<Steps>;
};

declare const laterStep: unique symbol;
export type LaterStep = string & { readonly [laterStep]: true };

/** The id of a step that is written further down, for `dependsOn`. */
export function later(id: string): LaterStep {
  return id as LaterStep;
}

/** Makes the steps of a block that stands inside of a step. */
export type Inside<Steps> = {
  /** Declarations of the actions that the steps use. */
  readonly actions: Action[];
  steps(build: Steps, names: readonly string[]): Json[];
};

export type AnyStepFields<Steps> = StepFields<string, Steps> & { readonly output?: unknown };

export function renderStepFields<S>(
  { dependsOn, compensate, ...rest }: AnyStepFields<S>,
  inner: Inside<S>,
): JsonObject {
  return {
    ...renderWork(rest, inner),
    ...(dependsOn === undefined ? {} : { depends_on: typeof dependsOn === 'string' ? [dependsOn] : [...dependsOn] }),
    ...(compensate === undefined ? {} : { compensate: renderCompensation(compensate, inner) }),
  };
}

type OwnFields<S> = WorkFields<S> & { readonly output?: unknown };

function renderWork<S>({ retry, onError, output, ...rest }: OwnFields<S>, inner: Inside<S>): JsonObject {
  return {
    ...(render(fieldsForDocument(rest)) as JsonObject),
    ...(output === undefined ? {} : { output: render(output) }),
    ...(retry === undefined ? {} : { retry: renderRetry(retry) }),
    ...(onError === undefined ? {} : { on_error: renderOnError(onError, inner) }),
  };
}

export function renderRetry(retry: Retry): Json {
  return render(fieldsForDocument(retry as Readonly<Record<string, unknown>>));
}

function renderOnError<S>(onError: NonNullable<WorkFields<S>['onError']>, inner: Inside<S>): Json {
  if (typeof onError === 'string') return onError;
  const { steps, ...rest } = onError;
  return { ...(render(rest) as JsonObject), steps: inner.steps(steps, ['error']) };
}

function renderCompensation<S>(compensation: Compensation<S>, inner: Inside<S>): Json {
  const { do: work, ...fields } = 'do' in compensation ? compensation : { do: compensation };
  inner.actions.push(...work.actions);
  return { ...renderBody(work), ...renderWork(fields, inner) };
}

export function renderBody({ type, config }: StepBody<unknown>): JsonObject {
  return { type, ...(config === undefined ? {} : { config }) };
}
