/** Steps that hold no steps: values, waits, and what changes the course of the workflow. */

import { type WaitSource, waitFields } from './blocks.ts';
import type { Expr } from './expression.ts';
import { fieldsForDocument } from './field-name.ts';
import { body, type StepBody } from './step-body.ts';
import type { Duration } from './step-fields.ts';
import type { Resolved } from './value.ts';

/** Makes a value from other values. */
export function transform<V>(output: V): StepBody<Resolved<V>> {
  return body('transform', { output });
}

/** Writes variables. */
export function setVariables<const V extends object>(values: V): StepBody<Resolved<V>> {
  return body('set_variables', values);
}

/** JavaScript that runs in a sandbox: `export default (input, ctx) => …`. */
// biome-ignore lint/suspicious/noExplicitAny: what the code returns is known to whoever writes it
export function fn<Output = any>(config: {
  readonly code: string;
  readonly input?: unknown;
  readonly timeout?: Duration;
  readonly memoryMb?: number;
}): StepBody<Output> {
  return body('function', fieldsForDocument(config));
}

/** Starts an execution of another workflow, and waits for its end unless `wait` is false. */
// biome-ignore lint/suspicious/noExplicitAny: what the other workflow gives is said there
export function subWorkflow<Output = any>(config: {
  readonly workflowId: string;
  readonly version?: string;
  readonly input?: unknown;
  readonly wait?: boolean;
  readonly onCancel?: 'cancel' | 'abandon';
}): StepBody<Output> {
  return body('sub_workflow', fieldsForDocument(config));
}

type Wait = WaitSource & { readonly timeout?: Duration | Expr<unknown>; readonly onTimeout?: 'fail' | 'continue' };

/** Waits for a time, until one, or for a signal, whose payload it gives. */
// biome-ignore lint/suspicious/noExplicitAny: a payload is what was sent
export function wait<Payload = any>(config: Wait): StepBody<Payload> {
  return body('wait', waitFields(config));
}

/** `wait` under its other name. */
// biome-ignore lint/suspicious/noExplicitAny: a payload is what was sent
export function delay<Payload = any>(config: Wait): StepBody<Payload> {
  return body('delay', waitFields(config));
}

/** Back to an earlier step of the same block, at most `max` times. */
export function goto(config: { readonly step: string; readonly max?: number }): StepBody<null> {
  return body('goto', config);
}

/** Withdraws steps that have not ended, or completes them with what they have. */
export function cancel(config: {
  readonly steps: readonly string[];
  readonly outcome?: 'skip' | 'complete';
}): StepBody<null> {
  return body('cancel', config);
}

/** Ends the execution at once. */
export function terminate(config: {
  readonly status: 'COMPLETED' | 'FAILED' | 'CANCELLED';
  readonly output?: unknown;
  readonly error?: string | Expr<unknown> | { readonly code?: string; readonly message: string | Expr<string> };
}): StepBody<null> {
  return body('terminate', config);
}
