/** Posts an adaptive card to a channel or chat of Teams, through a webhook of Workflows. */
import {
  configInvalid,
  connectionErrors,
  credentialErrors,
  credentialName,
  credentialOf,
  defineAction,
  excerptOf,
  fieldsOf,
  providerRefused,
  refusalOf,
} from '@cloudflow/sdk/index.ts';
import Type, { type Static } from 'typebox';

/** What Teams takes of one message; a larger one is accepted by the webhook, and then lost. */
const mostBytes = 28 * 1024;

const config = Type.Object(
  {
    credential: credentialName(
      'of the type `incoming_webhook`: the address that the workflow "When a Teams webhook request is received" has.',
    ),
    title: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'Stands large above the text.' })),
    text: Type.Optional(
      Type.String({ minLength: 1, maxLength: 20_000, description: 'Markdown. It or `card` is required.' }),
    ),
    facts: Type.Optional(
      Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]), {
        maxProperties: 50,
        description: 'Shown below the text, as a table of names and values.',
      }),
    ),
    link: Type.Optional(
      Type.Object(
        {
          title: Type.String({ minLength: 1, maxLength: 100, description: 'What stands on it.' }),
          url: Type.String({ minLength: 1, maxLength: 2_048, description: 'Where it leads.' }),
        },
        { additionalProperties: false, description: 'A button that opens `url`.' },
      ),
    ),
    card: Type.Optional(Type.Object({}, { description: 'A whole adaptive card, in place of all of these.' })),
  },
  { additionalProperties: false },
);

type Config = Static<typeof config>;

export default defineAction({
  type: 'teams.post-message',
  title: 'Post a message to Teams',
  description:
    'Posts an adaptive card. The webhook accepts it and posts it later: what goes wrong then is shown in the history of the ' +
    'workflow in Teams, and not here. After a timeout a message may be posted twice.',
  category: 'messaging',
  icon: 'messages-square',
  version: 1,
  config,
  output: Type.Object({ status: Type.Integer({ description: 'Of the answer: 202, accepted.' }) }),
  errors: [
    providerRefused('`details.error` is the code of the service, `details.message` its text.'),
    ...connectionErrors,
    ...credentialErrors,
  ],
  defaultTimeoutMs: 30_000,
  effect: 'external',

  async run(context) {
    const body = bodyOf(context.config);
    const { values } = await credentialOf(context, context.config.credential, ['incoming_webhook']);
    const answer = await context.http.request({
      url: values['url'] ?? '',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    if (answer.status < 300) return { status: answer.status };
    const error = fieldsOf(answer)['error'] as { readonly code?: string; readonly message?: string } | undefined;
    throw refusalOf(answer, {
      code: 'provider_refused',
      message: `Teams refused the message: ${error?.message ?? `status ${answer.status}`}`,
      details: {
        error: error?.code,
        message: error?.message,
        ...(error === undefined ? { excerpt: excerptOf(answer) } : {}),
      },
    });
  },
});

function bodyOf(given: Config): string {
  const body = JSON.stringify({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: given.card ?? cardOf(given),
      },
    ],
  });
  if (Buffer.byteLength(body) > mostBytes)
    throw configInvalid(
      given.card ? '/card' : '/text',
      `makes a message of over ${mostBytes} bytes, which Teams drops`,
    );
  return body;
}

function cardOf({ title, text, facts, link }: Config): object {
  if (text === undefined) throw configInvalid('/text', 'is required where there is no `card`');
  const table = Object.entries(facts ?? {}).map(([name, value]) => ({ title: name, value: String(value) }));
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      ...(title === undefined ? [] : [{ type: 'TextBlock', text: title, size: 'Large', weight: 'Bolder', wrap: true }]),
      { type: 'TextBlock', text, wrap: true },
      ...(table.length === 0 ? [] : [{ type: 'FactSet', facts: table }]),
    ],
    ...(link === undefined ? {} : { actions: [{ type: 'Action.OpenUrl', ...link }] }),
  };
}
