/** An action that lasts until it is aborted: executions that are in the middle of something. */
import { defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';

export const slowAction = defineAction({
  type: 'slow',
  title: 'Slow',
  description: 'Lasts until it is stopped.',
  version: 1,
  config: Type.Object({}),
  output: Type.Object({}),
  errors: [],
  defaultTimeoutMs: 3_600_000,
  effect: 'external',
  run: ({ signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve({}), { once: true })),
});
