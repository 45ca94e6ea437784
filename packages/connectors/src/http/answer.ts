/** From the answer of the other side to the output of the step, or to the error that says whether another try may help. */
import type { Json } from '@cloudflow/core/json.ts';
import {
  type ActionError,
  contentType,
  excerptOf,
  type HttpResponse,
  jsonOf,
  refusalOf,
  textOf,
} from '@cloudflow/sdk/index.ts';
import type { RequestConfig, RequestOutput } from './request-config.ts';

export function toOutput(answer: HttpResponse, response: RequestConfig['response']): RequestOutput {
  const { status, headers } = answer;
  const mode = response ?? (isJson(contentType(headers)) ? 'json' : 'text');
  const plain = Object.entries(headers).map(([name, value]): [string, string | string[]] => [
    name,
    typeof value === 'string' ? value : [...value],
  ]);
  return { status, headers: Object.fromEntries(plain), body: read(answer, mode) };
}

/** `about` is the request in words, without path and query. */
export function toError(answer: HttpResponse, about: string): ActionError {
  const message = `${about} was answered with status ${answer.status}`;
  return refusalOf(answer, { code: 'http_status', message, details: { excerpt: excerptOf(answer) } });
}

function read(answer: HttpResponse, mode: 'json' | 'text' | 'binary'): Json {
  if (mode === 'binary') return Buffer.from(answer.body).toString('base64');
  return mode === 'text' ? textOf(answer) : jsonOf(answer);
}

function isJson(type: string): boolean {
  return /^\s*(application|text)\/([\w.!#$&^-]+\+)?json\s*(;|$)/i.test(type);
}
