/** The Web API of Slack: one method, and its answer, which may be a refusal with the status 200. */
import type { Json } from '@cloudflow/core/json.ts';
import {
  type ActionContext,
  addressOf,
  type Credential,
  excerptOf,
  fieldsOf,
  type HttpResponse,
  jsonOf,
  refusalOf,
} from '@cloudflow/sdk/index.ts';

const api = 'https://slack.com/api';
/** What Slack documents as its own trouble, or as too much at once; every other `error` says the same next time. */
const passing = new Set([
  'ratelimited',
  'rate_limited',
  'message_limit_exceeded',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
]);

export type SlackAnswer = { readonly [field: string]: Json | undefined };

/** Throws `provider_refused` with the `error` of Slack in its details. */
export async function callSlack(
  { http, config }: ActionContext<{ credential: string }>,
  bot: Credential,
  { method, body }: { readonly method: string; readonly body: object },
): Promise<SlackAnswer> {
  const answer = await http.request({
    url: addressOf(bot, api, `/${method}`),
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8', accept: 'application/json' },
    body: JSON.stringify(body),
    credential: config.credential,
  });
  if (answer.status !== 200) throw refusedBy(answer, method, fieldsOf(answer));
  const fields = jsonOf(answer) as SlackAnswer | null;
  if (fields?.['ok'] === true) return fields;
  throw refusedBy(answer, method, fields ?? {});
}

function refusedBy(answer: HttpResponse, method: string, fields: SlackAnswer) {
  const { error } = fields;
  const metadata = fields['response_metadata'] as { readonly messages?: Json } | undefined;
  return refusalOf(answer, {
    code: 'provider_refused',
    message: `Slack refused ${method}: ${typeof error === 'string' ? error : `status ${answer.status}`}`,
    details: {
      error,
      needed: fields['needed'],
      provided: fields['provided'],
      messages: metadata?.messages,
      ...(error === undefined ? { excerpt: excerptOf(answer) } : {}),
    },
    ...(typeof error === 'string' && answer.status === 200 ? { retryable: passing.has(error) } : {}),
  });
}
