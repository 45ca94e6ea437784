/** Turns texts into vectors, with a model for it. */
import type { Json } from '@cloudflow/core/json.ts';
import { ActionError, defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { callLlm, errors, type Fields, server, usage, usageOf } from './llm-api.ts';

const text = Type.String({ minLength: 1, maxLength: 100_000 });

export default defineAction({
  type: 'llm.embed',
  title: 'Embed texts',
  description:
    'Asks a server that speaks the API of OpenAI (`/embeddings`) for the vectors of one or more texts. The output is limited to ' +
    '1 MB: about 50 vectors of 1,536 numbers; embed more with a `for_each`, or with fewer `dimensions`.',
  category: 'ai',
  icon: 'sparkles',
  version: 1,
  config: Type.Object(
    {
      ...server,
      input: Type.Union([text, Type.Array(text, { minItems: 1, maxItems: 500 })], {
        description: 'A text, or a list of up to 500.',
      }),
      dimensions: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 10_000, description: 'Of each vector, where the model can choose.' }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    embeddings: Type.Array(Type.Array(Type.Number()), { description: 'A vector for each text, in their order.' }),
    model: Type.String({ description: 'That made them.' }),
    usage,
  }),
  errors,
  defaultTimeoutMs: 60_000,
  effect: 'external',

  async run(context) {
    const { model, input, dimensions } = context.config;
    const texts = Array.isArray(input) ? input : [input];
    const body = () => ({ model, input: texts, dimensions, encoding_format: 'float' });
    const answer = await callLlm(context, { path: '/embeddings', body });
    const embeddings = inOrder(answer['data'], texts.length);
    return { embeddings, model: String(answer['model'] ?? model), usage: usageOf(answer) };
  },
});

/** By `index`: that the list is in order is not promised. */
function inOrder(data: Json | undefined, wanted: number): number[][] {
  const rows = Array.isArray(data) ? (data as readonly Fields[]) : [];
  const found = new Map(rows.map((row, at) => [Number(row['index'] ?? at), row['embedding']]));
  return Array.from({ length: wanted }, (_, at) => {
    const vector = found.get(at);
    if (Array.isArray(vector) && vector.every((each) => typeof each === 'number')) return [...(vector as number[])];
    throw new ActionError(`The answer has no vector of numbers for text ${at}`, { code: 'response_invalid' });
  });
}
