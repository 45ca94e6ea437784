/** Posts a message to Discord, with a bot or through an incoming webhook. */
import { createHash } from 'node:crypto';
import type { Json } from '@cloudflow/core/json.ts';
import {
  type ActionContext,
  ActionError,
  addressOf,
  type Credential,
  configInvalid,
  connectionErrors,
  credentialErrors,
  credentialName,
  credentialOf,
  defineAction,
  excerptOf,
  fieldsOf,
  type HttpRequest,
  type HttpResponse,
  jsonOf,
  providerRefused,
  refusalOf,
  responseInvalid,
} from '@cloudflow/sdk/index.ts';
import Type, { type Static } from 'typebox';

const api = 'https://discord.com/api/v10';
const snowflake = '^\\d{15,22}$';

const config = Type.Object(
  {
    credential: credentialName('of the type `discord` (a bot) or `incoming_webhook` (one channel).'),
    channel: Type.Optional(
      Type.String({
        pattern: snowflake,
        description: 'Id of the channel or thread. Required with a bot; a webhook has its own channel.',
      }),
    ),
    thread: Type.Optional(
      Type.String({ pattern: snowflake, description: 'Id of a thread of the channel of the webhook.' }),
    ),
    content: Type.Optional(
      Type.String({ minLength: 1, maxLength: 2_000, description: 'The text. It or `embeds` is required.' }),
    ),
    embeds: Type.Optional(
      Type.Array(Type.Object({}, { description: 'An embed of Discord.' }), {
        minItems: 1,
        maxItems: 10,
        description: 'Embeds, as Discord documents them.',
      }),
    ),
    mentions: Type.Optional(
      Type.Array(Type.Enum(['users', 'roles', 'everyone']), {
        default: [],
        description: 'What of the text may notify people. Default: nothing, whatever the text holds.',
      }),
    ),
    username: Type.Optional(
      Type.String({ minLength: 1, maxLength: 80, description: 'Name to post under, through a webhook.' }),
    ),
  },
  { additionalProperties: false },
);

type Config = Static<typeof config>;

export default defineAction({
  type: 'discord.post-message',
  title: 'Post a message to Discord',
  description:
    'Posts to a channel or a thread. A bot sends a nonce, so that Discord drops a repeat within minutes; through a webhook a ' +
    'message may be posted twice after a timeout.',
  category: 'messaging',
  icon: 'message-circle',
  version: 1,
  config,
  output: Type.Object({
    id: Type.String({ description: 'Id of the message.' }),
    channel: Type.String({ description: 'Id of the channel or thread it is in.' }),
  }),
  errors: [
    providerRefused(
      '`details.error` is the number of Discord, such as 50001 (missing access), `details.message` its text.',
    ),
    responseInvalid,
    ...connectionErrors,
    ...credentialErrors,
  ],
  defaultTimeoutMs: 30_000,
  effect: 'external',

  async run(context) {
    const { content, embeds } = context.config;
    if (content === undefined && embeds === undefined)
      throw configInvalid('/content', 'is required where there are no `embeds`');
    const account = await credentialOf(context, context.config.credential, ['discord', 'incoming_webhook']);
    const target = account.type === 'discord' ? asBot(context, account) : throughWebhook(context.config, account);
    const answer = await context.http.request({
      ...target,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'DiscordBot (CloudFlow, 1)' },
    });
    if (answer.status >= 300) throw refusedBy(answer);
    const message = jsonOf(answer) as { readonly id?: Json; readonly channel_id?: Json } | null;
    return { id: String(message?.id), channel: String(message?.channel_id) };
  },
});

function asBot({ config: given, idempotencyKey }: ActionContext<Config>, bot: Credential): HttpRequest {
  if (given.channel === undefined) throw configInvalid('/channel', 'is required with a bot');
  if (given.username !== undefined) throw configInvalid('/username', 'is for webhooks: a bot has its own name');
  const nonce = createHash('sha256').update(idempotencyKey).digest('base64url').slice(0, 25);
  return {
    url: addressOf(bot, api, `/channels/${given.channel}/messages`),
    credential: given.credential,
    body: JSON.stringify({ ...messageOf(given), nonce, enforce_nonce: true }),
  };
}

function throughWebhook(given: Config, { values }: Credential): HttpRequest {
  if (given.channel !== undefined) throw configInvalid('/channel', 'cannot be chosen: a webhook has its own');
  const url = URL.parse(values['url'] ?? '');
  if (url === null)
    throw new ActionError('The credential holds no address', {
      code: 'credential_unusable',
      details: { credential: given.credential },
    });
  // Without it Discord answers before it has looked at the message, and with nothing.
  url.searchParams.set('wait', 'true');
  if (given.thread !== undefined) url.searchParams.set('thread_id', given.thread);
  return { url: url.href, body: JSON.stringify({ ...messageOf(given), username: given.username }) };
}

function messageOf({ content, embeds, mentions = [] }: Config) {
  return { content, embeds, allowed_mentions: { parse: mentions } };
}

function refusedBy(answer: HttpResponse) {
  const fields = fieldsOf(answer);
  const wait = fields['retry_after'];
  return refusalOf(answer, {
    code: 'provider_refused',
    message: `Discord refused the message: ${fields['message'] ?? `status ${answer.status}`}`,
    details: {
      error: fields['code'],
      message: fields['message'],
      errors: fields['errors'],
      ...(fields['message'] === undefined ? { excerpt: excerptOf(answer) } : {}),
    },
    // More exact than the header, which is in whole seconds.
    ...(typeof wait === 'number' ? { afterMs: Math.ceil(wait * 1000) } : {}),
  });
}
