/** Sends an event to a receiver of webhooks, signed as Standard Webhooks says. */
import { createHash } from 'node:crypto';
import {
  type Credential,
  connectionErrors,
  credentialErrors,
  credentialName,
  credentialOf,
  defineAction,
  excerptOf,
  providerRefused,
  refusalOf,
} from '@cloudflow/sdk/index.ts';
import { signWebhook } from '@cloudflow/sdk/webhook/index.ts';
import Type from 'typebox';

export default defineAction({
  type: 'send_webhook',
  title: 'Send a webhook',
  description:
    'Posts a JSON payload in the form of Standard Webhooks: `webhook-id` is the same for every try, `webhook-timestamp` is the ' +
    'time of this one, and `webhook-signature` is there when `secret` names a credential. A redirect is not followed.',
  category: 'network',
  icon: 'webhook',
  version: 1,
  config: Type.Object(
    {
      url: Type.String({ minLength: 1, maxLength: 2_048, description: 'Of the receiver, `http:` or `https:`.' }),
      payload: Type.Unknown({ description: 'What is sent, as JSON; commonly `{ type, timestamp, data }`.' }),
      secret: Type.Optional(
        credentialName(
          'of the type `webhook_secret`, with which is signed; with its `previous_secret` too while it has one.',
        ),
      ),
      headers: Type.Optional(
        Type.Record(Type.String(), Type.String(), {
          maxProperties: 50,
          description: 'Sent besides; those of Standard Webhooks cannot be set.',
        }),
      ),
      credential: Type.Optional(
        credentialName('that is sent as a header, for a receiver that asks for more than a signature.'),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    webhook_id: Type.String({ description: 'The `webhook-id` that it was sent with.' }),
    status: Type.Integer({ description: 'Of the answer, 2xx.' }),
  }),
  errors: [
    providerRefused(
      'the status is 300 or more (`details.status`, `details.excerpt`). 410 says that nothing more is wanted there.',
    ),
    ...connectionErrors,
    ...credentialErrors,
  ],
  defaultTimeoutMs: 30_000,
  effect: 'external',

  async run(context) {
    const { url, payload, secret, headers = {}, credential } = context.config;
    // A hash, because a path holds full stops, and they part what is signed.
    const id = `msg_${createHash('sha256').update(context.idempotencyKey).digest('hex').slice(0, 32)}`;
    const body = JSON.stringify(payload ?? null);
    const at = new Date();
    const secrets = secret === undefined ? [] : secretsOf(await credentialOf(context, secret, ['webhook_secret']));
    const answer = await context.http.request({
      url,
      method: 'POST',
      headers: {
        ...lowerCase(headers),
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        ...(secrets.length > 0 && (await signWebhook(body, { secret: secrets, id, at }))),
        traceparent: context.traceparent,
      },
      body,
      ...(credential === undefined ? {} : { credential }),
    });
    if (answer.status < 300) return { webhook_id: id, status: answer.status };
    throw refusalOf(answer, {
      code: 'provider_refused',
      message: `The receiver answered with status ${answer.status}`,
      details: { excerpt: excerptOf(answer) },
    });
  },
});

function secretsOf({ values }: Credential): readonly string[] {
  return [values['secret'], values['previous_secret']].filter((each) => each !== undefined);
}

/** So that one of ours replaces one of the step, however that is spelled. */
function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
