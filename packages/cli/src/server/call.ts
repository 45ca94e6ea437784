/** One plain call of the server, for what the typed client does not know: paths that a person writes, health, versions. */
import type { Json } from '@cloudflow/core/json.ts';
import { Failure, interrupted } from '../failure/failure.ts';
import { problemFailure } from '../failure/problem-failure.ts';
import type { Context } from '../program/context.ts';
import { apiKeyOf } from './api-key.ts';
import { unreachable } from './unreachable.ts';

export type Call = {
  readonly method: string;
  /** Below the address of the server, with the query. */
  readonly path: string;
  readonly body?: Json;
  readonly headers?: Readonly<Record<string, string>>;
  /** Without a key, for what is public. */
  readonly isPublic?: boolean;
  readonly timeoutMs?: number;
};

export type Answer = { readonly status: number; readonly headers: Headers; readonly text: string };

/** Longer than the server lets anybody wait (`?wait=45s`). */
const longestMs = 60_000;

/** What was answered, whatever its status. Throws when nothing was. */
export async function callServer(context: Context, call: Call): Promise<Answer> {
  const { settings, messages, signal } = context;
  const url = `${settings.url.value}${call.path}`;
  const headers: Record<string, string> = {
    accept: 'application/json',
    ...(call.body !== undefined && { 'content-type': 'application/json' }),
    ...(call.isPublic !== true && { authorization: `Bearer ${apiKeyOf(settings)}` }),
    ...call.headers,
  };
  const timeout = AbortSignal.timeout(call.timeoutMs ?? longestMs);
  try {
    const response = await fetch(url, {
      method: call.method,
      headers,
      signal: AbortSignal.any([signal, timeout]),
      ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
    });
    const text = await response.text();
    messages.detail(`${call.method} ${url} ${response.status}`);
    return { status: response.status, headers: response.headers, text };
  } catch (error) {
    if (signal.aborted) throw interrupted();
    throw timeout.aborted ? timedOut(url) : unreachable(settings.url.value, error);
  }
}

/** The JSON of a success; a refusal is thrown. */
export function jsonOf({ status, headers, text }: Answer): Json | undefined {
  const json = asJson(text);
  if (status >= 400) throw problemFailure(status, json, headers.get('x-correlation-id') ?? undefined);
  return json;
}

function asJson(text: string): Json | undefined {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function timedOut(url: string): Failure {
  return new Failure(`${url} did not answer in time.`, { ending: 'timeout', code: 'timeout' });
}
