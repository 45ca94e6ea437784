/** An action that does nothing but has an outcome: what is measured is the engine, not somebody's service. */
import { defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';

export const trivialAction = defineAction({
  type: 'trivial',
  title: 'Nothing',
  description: 'Answers at once.',
  version: 1,
  config: Type.Object({}),
  output: Type.Object({ ok: Type.Boolean() }),
  errors: [],
  defaultTimeoutMs: 10_000,
  effect: 'external',
  run: () => Promise.resolve({ ok: true }),
});
