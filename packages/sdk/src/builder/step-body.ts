/** What a step does: its type and config, without its name and its place among others. */

import type { JsonObject } from '@cloudflow/core/json.ts';
import type { Static, TSchema } from 'typebox';
import type { Action, TypedAction } from '../action.ts';
import { render, type Value } from './value.ts';

declare const output: unique symbol;

/** A step that gives an `Output`. */
export type StepBody<Output> = {
  readonly type: string;
  readonly config: JsonObject | undefined;
  /** Declarations that are at hand, of its own type and of steps inside it: configs are checked against them. */
  readonly actions: readonly Action[];
  readonly [output]?: Output;
};

export function body<Output>(type: string, config?: unknown, actions: readonly Action[] = []): StepBody<Output> {
  return { type, config: config === undefined ? undefined : (render(config) as JsonObject), actions };
}

/** A step of any type that the registry has, by its name, or of an action that was made with `defineAction`. */
// biome-ignore lint/suspicious/noExplicitAny: what an action gives is known to whoever names its type only
export function action<Output = any>(type: string, config?: { readonly [field: string]: unknown }): StepBody<Output>;
export function action<Config extends TSchema, Output extends TSchema>(
  declaration: TypedAction<Config, Output>,
  config: Value<Static<Config>>,
): StepBody<Static<Output>>;
export function action(of: string | TypedAction<TSchema, TSchema>, config?: unknown): StepBody<unknown> {
  return typeof of === 'string' ? body(of, config) : body(of.type, config, [of]);
}

/** The config of `http_request`. */
export type HttpConfig = {
  readonly url: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS';
  readonly headers?: { readonly [name: string]: string | number | boolean };
  readonly query?: { readonly [name: string]: Scalar | null | readonly Scalar[] };
  readonly body?: unknown;
  readonly credential?: string;
  readonly follow_redirects?: boolean;
  readonly response?: 'json' | 'text' | 'binary';
  /** `timeout` and `retry` are fields of the step; they may stand here, too. */
  readonly timeout?: number | string;
  readonly retry?: object;
};

type Scalar = string | number | boolean;

export type HttpOutput<Body> = {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | readonly string[] };
  readonly body: Body;
};

/** An `http_request`. Say what the body of the answer is, `http<{ id: string }>({ … })`, and its fields are known. */
// biome-ignore lint/suspicious/noExplicitAny: nothing is known of the body unless it is said
export function http<Body = any>(config: Value<HttpConfig>): StepBody<HttpOutput<Body>> {
  return body('http_request', config);
}
