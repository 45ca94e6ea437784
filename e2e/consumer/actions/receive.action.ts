import { defineAction } from '@cloudflow/sdk';
import Type from 'typebox';

export default defineAction({
  type: 'acme.receive',
  title: 'Receive',
  description: 'Says what came.',
  version: 1,
  config: Type.Object({ text: Type.String() }, { additionalProperties: false }),
  output: Type.String(),
  errors: [],
  defaultTimeoutMs: 20_000,
  effect: 'none',
  run: async ({ config }) => `received ${config.text}`,
});
