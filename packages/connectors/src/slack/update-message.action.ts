/** Changes a message that a bot has posted to Slack. */
import { configInvalid, credentialName, credentialOf, defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { content, errors } from './message.ts';
import { callSlack } from './slack-api.ts';

export default defineAction({
  type: 'slack.update-message',
  title: 'Change a message in Slack',
  description: 'Replaces the text and the blocks of a message that the same bot has posted.',
  category: 'messaging',
  icon: 'slack',
  version: 1,
  config: Type.Object(
    {
      credential: credentialName('of the type `slack`.'),
      channel: Type.String({ minLength: 1, maxLength: 80, description: 'The `channel` that posting it gave: an id.' }),
      ts: Type.String({ pattern: '^\\d+\\.\\d+$', description: 'The `ts` that posting it gave.' }),
      ...content,
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    channel: Type.String({ description: 'Id of the channel.' }),
    ts: Type.String({ description: 'Of the message, as before.' }),
  }),
  errors,
  defaultTimeoutMs: 30_000,
  effect: 'external',

  async run(context) {
    const { credential: name, ...message } = context.config;
    if (message.text === undefined && message.blocks === undefined)
      throw configInvalid('/text', 'is required where there are no `blocks`');
    const bot = await credentialOf(context, name, ['slack']);
    const { channel, ts } = await callSlack(context, bot, { method: 'chat.update', body: message });
    return { channel: String(channel), ts: String(ts) };
  },
});
