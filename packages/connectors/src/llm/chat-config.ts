/** What an `llm.chat` step is configured with, and what it gives. */
import Type from 'typebox';
import { server, usage } from './llm-api.ts';

const message = Type.Object(
  {
    role: Type.Enum(['system', 'developer', 'user', 'assistant', 'tool'], { description: 'Who says it.' }),
    content: Type.Optional(
      Type.Union([Type.String(), Type.Null(), Type.Array(Type.Object({}))], {
        description: 'Text, or parts such as `{ "type": "image_url", … }`.',
      }),
    ),
    name: Type.Optional(Type.String({ description: 'Of who says it, where there are several.' })),
    tool_calls: Type.Optional(
      Type.Array(Type.Object({}), { description: 'Of an answer of the model, as it gave them.' }),
    ),
    tool_call_id: Type.Optional(Type.String({ description: 'Of the call that a message of a tool answers.' })),
  },
  { additionalProperties: false },
);

const tool = Type.Object(
  {
    name: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$', description: 'By which the model asks for it.' }),
    description: Type.Optional(Type.String({ maxLength: 4_096, description: 'What it is for, to the model.' })),
    parameters: Type.Optional(Type.Object({}, { description: 'JSON Schema of its arguments.' })),
  },
  { additionalProperties: false },
);

export const chatConfig = Type.Object(
  {
    ...server,
    system: Type.Optional(Type.String({ minLength: 1, description: 'What the model is to be; before the messages.' })),
    prompt: Type.Optional(
      Type.String({ minLength: 1, description: 'One message of a user. It or `messages` is required.' }),
    ),
    messages: Type.Optional(
      Type.Array(message, {
        minItems: 1,
        maxItems: 500,
        description: 'A conversation: `{ role, content }`, in order.',
      }),
    ),
    schema: Type.Optional(
      Type.Object(
        {},
        {
          description:
            'JSON Schema of the answer, which the server is asked for and which is checked here: `json` fits it, or the step ' +
            'fails. In strict mode every object needs `additionalProperties: false` and all of its fields in `required`.',
        },
      ),
    ),
    strict: Type.Optional(
      Type.Boolean({
        default: true,
        description: 'Whether the server is to hold the model to `schema`. Default: true.',
      }),
    ),
    tools: Type.Optional(
      Type.Array(tool, {
        minItems: 1,
        maxItems: 128,
        description:
          'What the model may ask for; it is the workflow that does it, and answers with a message of the role `tool`.',
      }),
    ),
    tool_choice: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9_-]{1,64}$',
        description: '`auto` (default), `none`, `required`, or the name of the tool that it must ask for.',
      }),
    ),
    temperature: Type.Optional(
      Type.Number({ minimum: 0, maximum: 2, description: '0 for the likeliest words. Default: that of the server.' }),
    ),
    max_tokens: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Of the answer. Default: that of the server.' }),
    ),
    options: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        maxProperties: 50,
        description: 'Fields of the request that are not here, such as `seed`, `top_p` or `reasoning_effort`.',
      }),
    ),
  },
  { additionalProperties: false },
);

export const chatOutput = Type.Object({
  text: Type.Union([Type.String(), Type.Null()], { description: 'The answer; null when there are tool calls alone.' }),
  json: Type.Unknown({ description: 'The answer as `schema` has it; null without one.' }),
  tool_calls: Type.Array(
    Type.Object({
      id: Type.String({ description: 'For `tool_call_id` of the answer.' }),
      name: Type.String({ description: 'Of the tool.' }),
      arguments: Type.Unknown({ description: 'Read from JSON, and not checked.' }),
    }),
    { description: 'What the model asks for.' },
  ),
  finish_reason: Type.String({ description: '`stop`, `tool_calls`, or `length` when `max_tokens` cut it off.' }),
  model: Type.String({ description: 'That answered.' }),
  usage,
});

export type ChatConfig = Type.Static<typeof chatConfig>;
export type ChatOutput = Type.Static<typeof chatOutput>;
