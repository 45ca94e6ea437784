/** The REST API of GitHub: one request, and what its refusals mean. */
import type { Json } from '@cloudflow/core/json.ts';
import {
  type ActionContext,
  type ActionError,
  addressOf,
  configInvalid,
  connectionErrors,
  credentialErrors,
  credentialName,
  credentialOf,
  excerptOf,
  fieldsOf,
  type HttpResponse,
  jsonOf,
  providerRefused,
  refusalOf,
  responseInvalid,
} from '@cloudflow/sdk/index.ts';
import Type from 'typebox';

const api = 'https://api.github.com';
const apiVersion = '2022-11-28';
/** What GitHub asks to wait after a secondary limit that names no time. */
const secondaryWaitMs = 60_000;

export const account = credentialName('of the type `github`; for GitHub Enterprise it holds the address.');

export const repository = {
  credential: account,
  owner: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$', description: 'Person or organization.' }),
  repo: Type.String({ pattern: '^(?!\\.{1,2}$)[A-Za-z0-9._-]{1,100}$', description: 'Name of the repository.' }),
};

export const errors = [
  providerRefused(
    '`details.message` and `details.errors` are what GitHub says; 404 also stands for what the token may not see.',
  ),
  responseInvalid,
  ...connectionErrors,
  ...credentialErrors,
];

export type GitHubRequest = {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Encoded, from the root of the API. */
  readonly path: string;
  readonly body?: object;
};

export type GitHubAnswer = { readonly status: number; readonly body: Json; readonly headers: HttpResponse['headers'] };

/** Throws `provider_refused`, but for a status of `expected`. */
export async function callGitHub(
  context: ActionContext<{ credential: string }>,
  { method, path, body }: GitHubRequest,
  expected: readonly number[] = [],
): Promise<GitHubAnswer> {
  const { credential } = context.config;
  const token = await credentialOf(context, credential, ['github']);
  const answer = await context.http.request({
    url: addressOf(token, api, path),
    method,
    headers: {
      accept: 'application/vnd.github+json',
      'x-github-api-version': apiVersion,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    credential,
  });
  const { status, headers } = answer;
  if (status >= 300 && !expected.includes(status)) throw refusedBy(answer, method);
  return { status, headers, body: status < 300 ? jsonOf(answer) : null };
}

/** The object that GitHub answered with; its fields are what its reference says. */
export function objectOf({ body }: GitHubAnswer): { readonly [field: string]: Json | undefined } {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as { [field: string]: Json }) : {};
}

/** `.` and `..` would lead out of the repository, to wherever the token may go. */
export function encodedPath(path: string, pointer: string): string {
  const parts = path.replace(/^\//, '').split('/');
  if (parts.some((part) => ['', '.', '..'].includes(part)))
    throw configInvalid(pointer, 'has an empty part, or one that is `.` or `..`');
  return parts.map((part) => encodeURIComponent(part)).join('/');
}

function refusedBy(answer: HttpResponse, method: string): ActionError {
  const { status, headers } = answer;
  const { message, errors: fields, documentation_url } = fieldsOf(answer);
  const wait = rateLimitWait(answer, String(message ?? ''));
  return refusalOf(answer, {
    code: 'provider_refused',
    message: `GitHub refused the ${method}: ${message ?? `status ${status}`}`,
    details: {
      message,
      errors: fields,
      documentation_url,
      request_id: headers['x-github-request-id'] as string | undefined,
      ...(message === undefined ? { excerpt: excerptOf(answer) } : {}),
    },
    ...(wait === undefined ? {} : wait),
  });
}

/** A limit answers 403 as well as 429: told from a missing right by its headers, or by its words. */
function rateLimitWait({ status, headers }: HttpResponse, message: string) {
  if (status !== 403 && status !== 429) return undefined;
  if (headers['retry-after'] !== undefined) return { retryable: true };
  if (headers['x-ratelimit-remaining'] === '0') {
    const resetMs = Number(headers['x-ratelimit-reset']) * 1000;
    return { retryable: true, afterMs: Number.isFinite(resetMs) ? Math.max(0, resetMs - Date.now()) : undefined };
  }
  return /rate limit/i.test(message) ? { retryable: true, afterMs: secondaryWaitMs } : undefined;
}
