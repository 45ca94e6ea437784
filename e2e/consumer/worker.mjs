import { createWorker, defineAction } from '@cloudflow/sdk';
import Type from 'typebox';

const charge = defineAction({
  type: 'acme.charge',
  title: 'Charge',
  description: 'Takes an amount, once.',
  version: 1,
  config: Type.Object({ cents: Type.Integer({ minimum: 1 }) }, { additionalProperties: false }),
  output: Type.String(),
  errors: [],
  defaultTimeoutMs: 20_000,
  effect: 'external',
  run: async ({ config }) => `receipt for ${config.cents}`,
});

const { CLOUDFLOW_URL: url = '', CLOUDFLOW_API_KEY: apiKey = '' } = process.env;
const worker = createWorker({ url, apiKey, actions: [charge] });
process.once('SIGTERM', () => worker.stop());
const ended = worker.run();
console.log('ready');
await ended;
