/** The API of OpenAI, which many servers speak: where it is, one call, and what its refusals mean. */
import type { Json } from '@cloudflow/core/json.ts';
import {
  type ActionContext,
  configInvalid,
  connectionErrors,
  credentialErrors,
  credentialName,
  excerptOf,
  fieldsOf,
  type HttpResponse,
  jsonOf,
  providerRefused,
  refusalOf,
  responseInvalid,
} from '@cloudflow/sdk/index.ts';
import Type from 'typebox';

const api = 'https://api.openai.com/v1';
/** With a status 429 too: waiting does not help. */
const lasting = new Set(['insufficient_quota', 'billing_hard_limit_reached']);

export const server = {
  credential: Type.Optional(
    credentialName('of the type `openai`, or one that is sent as a header. None: for a server that asks for none.'),
  ),
  base_url: Type.Optional(
    Type.String({
      pattern: '^https?://',
      maxLength: 2_048,
      description:
        'Where the server is, such as `https://llm.example/v1`. Default: that of the credential, else `https://api.openai.com/v1`. ' +
        'A credential goes only to the hosts it is for.',
    }),
  ),
  model: Type.String({ minLength: 1, maxLength: 255, description: 'As the server calls it.' }),
};

export const usage = Type.Object(
  {
    input_tokens: Type.Integer({ description: 'What was sent.' }),
    output_tokens: Type.Integer({ description: 'What came back.' }),
    total_tokens: Type.Integer({ description: 'Both.' }),
  },
  { description: 'Tokens, as the server counts them; 0 where it does not.' },
);

export const errors = [
  providerRefused('`details.error`, `details.type` and `details.message` are what the server says.'),
  responseInvalid,
  ...connectionErrors,
  ...credentialErrors,
];

type Server = { readonly credential?: string; readonly base_url?: string };
export type Fields = { readonly [field: string]: Json | undefined };

/** Throws `provider_refused`, or `response_invalid` for an answer that is no object. */
export async function callLlm(
  context: ActionContext<Server>,
  { path, body }: { readonly path: string; readonly body: (base: URL) => object },
): Promise<Fields> {
  const { config, http, idempotencyKey, traceparent } = context;
  const { credential } = config;
  const values = credential === undefined ? {} : (await context.credential(credential)).values;
  const base = config.base_url ?? values['base_url'] ?? api;
  const url = URL.parse(base.replace(/\/+$/, '') + path);
  if (url === null) throw configInvalid('/base_url', 'is no address, such as https://llm.example/v1');
  const answer = await http.request({
    url: url.href,
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      'idempotency-key': idempotencyKey,
      traceparent,
    },
    body: JSON.stringify(body(url)),
    ...(credential === undefined ? {} : { credential }),
  });
  if (answer.status >= 300) throw refusedBy(answer);
  jsonOf(answer);
  return fieldsOf(answer);
}

export function usageOf(fields: Fields) {
  const counts = (fields['usage'] ?? {}) as Fields;
  const input = count(counts['prompt_tokens']);
  const output = count(counts['completion_tokens']);
  return { input_tokens: input, output_tokens: output, total_tokens: count(counts['total_tokens'] ?? input + output) };
}

function count(value: Json | undefined): number {
  return typeof value === 'number' && Number.isInteger(value) ? value : 0;
}

function refusedBy(answer: HttpResponse) {
  const { error } = fieldsOf(answer);
  const { code, type, message, param } = (typeof error === 'object' && error !== null ? error : {}) as Fields;
  const text = typeof error === 'string' ? error : message;
  return refusalOf(answer, {
    code: 'provider_refused',
    message: `The server refused: ${typeof text === 'string' ? text.slice(0, 300) : `status ${answer.status}`}`,
    details: {
      error: code,
      type,
      message: text,
      param,
      ...(text === undefined ? { excerpt: excerptOf(answer) } : {}),
    },
    ...(lasting.has(String(code)) ? { retryable: false } : {}),
  });
}
