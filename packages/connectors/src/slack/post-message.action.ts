/** Posts a message to Slack, with a bot or through an incoming webhook. */
import {
  type ActionContext,
  type Credential,
  configInvalid,
  credentialName,
  credentialOf,
  defineAction,
  excerptOf,
  refusalOf,
} from '@cloudflow/sdk/index.ts';
import Type, { type Static } from 'typebox';
import { content, errors } from './message.ts';
import { callSlack } from './slack-api.ts';

const config = Type.Object(
  {
    credential: credentialName(
      'of the type `slack` (a bot, which posts where it is a member) or `incoming_webhook` (one channel).',
    ),
    channel: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 80,
        description: 'Id or name of the channel, or id of a person. Required with a bot; a webhook has its own.',
      }),
    ),
    ...content,
    thread_ts: Type.Optional(
      Type.String({
        pattern: '^\\d+\\.\\d+$',
        description: 'Answers in the thread of this message: the `ts` that posting it gave.',
      }),
    ),
    reply_broadcast: Type.Optional(
      Type.Boolean({ description: 'Shows an answer in the channel too. Default: false. With a bot only.' }),
    ),
    unfurl_links: Type.Optional(Type.Boolean({ description: 'Shows what links lead to. Default: as Slack does.' })),
  },
  { additionalProperties: false },
);

type Config = Static<typeof config>;

export default defineAction({
  type: 'slack.post-message',
  title: 'Post a message to Slack',
  description:
    'Posts to a channel, a person or a thread. Slack cannot tell a repeat from a second message: after a timeout it may be ' +
    'posted twice, unless the step has `delivery: "at_most_once"`.',
  category: 'messaging',
  icon: 'slack',
  version: 1,
  config,
  output: Type.Object({
    channel: Type.Union([Type.String(), Type.Null()], { description: 'Id of the channel; null through a webhook.' }),
    ts: Type.Union([Type.String(), Type.Null()], {
      description: 'What `thread_ts` and `slack.update-message` take; null through a webhook.',
    }),
  }),
  errors,
  defaultTimeoutMs: 30_000,
  effect: 'external',

  async run(context) {
    const { text, blocks } = context.config;
    if (text === undefined && blocks === undefined)
      throw configInvalid('/text', 'is required where there are no `blocks`');
    const account = await credentialOf(context, context.config.credential, ['slack', 'incoming_webhook']);
    return account.type === 'slack' ? postAsBot(context, account) : postToWebhook(context, account);
  },
});

async function postAsBot(context: ActionContext<Config>, bot: Credential) {
  const { credential: _name, ...message } = context.config;
  if (message.channel === undefined) throw configInvalid('/channel', 'is required with a bot');
  const { channel, ts } = await callSlack(context, bot, { method: 'chat.postMessage', body: message });
  return { channel: String(channel), ts: String(ts) };
}

/** A webhook answers `ok`, or a word that says why not, and never what it has posted. */
async function postToWebhook({ http, config: given }: ActionContext<Config>, { values }: Credential) {
  const { credential: _name, channel, reply_broadcast: _broadcast, ...message } = given;
  if (channel !== undefined)
    throw configInvalid('/channel', 'cannot be chosen: an incoming webhook has a channel of its own');
  const answer = await http.request({
    url: values['url'] ?? '',
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(message),
  });
  if (answer.status === 200) return { channel: null, ts: null };
  const error = excerptOf(answer);
  throw refusalOf(answer, {
    code: 'provider_refused',
    message: `Slack refused the message: ${error.slice(0, 100) || `status ${answer.status}`}`,
    details: { error },
  });
}
