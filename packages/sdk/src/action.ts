/**
 * An action: one thing a step can do to the world outside, declared whole in one file. The declaration is what the
 * registry, the form of the builder, the checks on saving and the reference page are made from.
 */
import type { Json } from '@cloudflow/core/json.ts';
import type { Static, TSchema } from 'typebox';
import type { Credential } from './credential.ts';
import type { ActionHttp } from './http.ts';
import type { ActionTcp } from './tcp.ts';

export type { Credential } from './credential.ts';
export type { ActionHttp, HttpRequest, HttpResponse } from './http.ts';
export type { ActionTcp, TcpConnection, TcpOptions, TcpSocket, TcpTarget } from './tcp.ts';

/** A failure that a workflow's author can meet, for the reference page and for `retry.on` and `retry.except`. */
export type ActionErrorCode = {
  readonly code: string;
  readonly description: string;
  readonly retryable: 'always' | 'never' | 'depends';
};

/** Lines that carry the ids of the execution, the step and the attempt. Never write secrets or whole payloads. */
export type ActionLog = {
  debug(fields: Readonly<Record<string, Json>>, message: string): void;
  info(fields: Readonly<Record<string, Json>>, message: string): void;
  warn(fields: Readonly<Record<string, Json>>, message: string): void;
};

/** What one try gets. */
export type ActionContext<Config> = {
  readonly config: Config;
  /** The same for every try of the same effect: hand it to the other side. */
  readonly idempotencyKey: string;
  readonly http: ActionHttp;
  readonly tcp: ActionTcp;
  /** Opens a credential of the tenant. Throws an `ActionError` that is ready to be passed on. */
  credential(name: string): Promise<Credential>;
  /** Fires at the deadline and when the step is withdrawn; `http` and `tcp` know it already. */
  readonly signal: AbortSignal;
  /** How long this try may take in all, for the other side's own deadline. */
  readonly timeoutMs: number;
  readonly log: ActionLog;
  readonly correlationId: string;
  /** W3C trace context of this try. */
  readonly traceparent: string;
  /** From 1. */
  readonly attempt: number;
};

export type ActionDeclaration<Config extends TSchema, Output extends TSchema> = {
  /** Name of the step type, `slack.post-message`; never changed once released. */
  readonly type: string;
  readonly title: string;
  readonly description: string;
  /** Under what a palette shows it, such as `network` or `messaging`. Default: `other`. */
  readonly category?: string;
  /** Name of an icon of lucide.dev, or of the service. Default: what stands before the dot of its type. */
  readonly icon?: string;
  /** Behaviour of a released version is frozen: a change is a new file with the next number. */
  readonly version: number;
  readonly config: Config;
  readonly output: Output;
  readonly errors: readonly ActionErrorCode[];
  /** Deadline of one try when neither the step nor the workflow names one. */
  readonly defaultTimeoutMs: number;
  /** `none`: it touches nothing outside the process, so that it may run again without anybody noticing. */
  readonly effect: 'external' | 'none';
  /** A step without `config` runs what the tenant has registered under the step's id: `PUT /registry/operations/{name}`. */
  readonly registered?: boolean;
  run(context: ActionContext<Static<Config>>): Promise<Static<Output>>;
};

/** An action with the types of its config and output forgotten, as the registry holds it. */
export type Action = Omit<ActionDeclaration<TSchema, TSchema>, 'run'> & {
  /** `config` must have been checked against the schema. */
  run(context: ActionContext<unknown>): Promise<unknown>;
};

/** An action whose schemas are known, for its tests and for the steps of workflows that are written in code. */
export type TypedAction<Config extends TSchema, Output extends TSchema> = Action & {
  readonly config: Config;
  readonly output: Output;
};

/** Declares an action; the default export of its file. */
export function defineAction<Config extends TSchema, Output extends TSchema>(
  declaration: ActionDeclaration<Config, Output>,
): TypedAction<Config, Output> {
  const { run, ...facts } = declaration;
  return { ...facts, run: (context) => run(context as ActionContext<Static<Config>>) };
}
