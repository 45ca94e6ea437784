/** Checks a value against a JSON Schema. */
import { compileSchema } from '@cloudflow/core/definition/json-schema/compile-schema.ts';
import type { Json } from '@cloudflow/core/json.ts';
import { ActionError, configInvalid, dataInvalid, defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';

const mostProblems = 50;

export default defineAction({
  type: 'json.validate',
  title: 'Check a value against a schema',
  description:
    'Checks any value against a JSON Schema (draft 2020-12), as inputs of workflows are checked. What does not fit fails the step, ' +
    'or with `fail: false` is the output.',
  category: 'data',
  icon: 'braces',
  version: 1,
  config: Type.Object(
    {
      value: Type.Unknown({ description: 'What is checked.' }),
      schema: Type.Unknown({ description: 'The schema: an object, or `true` or `false`.' }),
      fail: Type.Optional(Type.Boolean({ default: true, description: 'Fail where it does not fit. Default: true.' })),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    valid: Type.Boolean({ description: 'Whether it fits.' }),
    problems: Type.Array(
      Type.Object({
        pointer: Type.String({ description: 'Where, as a JSON pointer into the value.' }),
        message: Type.String({ description: 'What does not fit.' }),
      }),
      { description: `The first ${mostProblems}; empty when it fits.` },
    ),
  }),
  errors: [dataInvalid('It does not fit: `details.problems` names what does not, with pointers.')],
  defaultTimeoutMs: 10_000,
  effect: 'none',

  async run({ config: { value, schema, fail = true } }) {
    const compiled = compileSchema(schema as Json);
    if ('problems' in compiled) {
      const [first] = compiled.problems;
      throw configInvalid(`/schema${first?.pointer ?? ''}`, first?.message ?? 'is no JSON Schema');
    }
    const found = compiled.ok.check((value ?? null) as Json).slice(0, mostProblems);
    const problems = found.map(({ pointer, message }) => ({ pointer, message }));
    const [first] = problems;
    if (first === undefined || !fail) return { valid: first === undefined, problems };
    throw new ActionError(`The value does not fit the schema: ${first.pointer || 'it'} ${first.message}`, {
      code: 'data_invalid',
      details: { problems },
    });
  },
});
