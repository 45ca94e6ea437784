import { type Client, createClient, defineAction, type Execution, verifyWebhook } from '@cloudflow/sdk';
import { createClient as createClientAlone } from '@cloudflow/sdk/client';
import { fakeContext, runAction } from '@cloudflow/sdk/testing';
import { createWorker } from '@cloudflow/sdk/worker';
import Type from 'typebox';

const client: Client = createClient({ url: 'http://127.0.0.1:8080', apiKey: 'cfk_live_' });
export const alone: Client = createClientAlone({ url: 'http://127.0.0.1:8080', apiKey: 'cfk_live_' });
export const run: Promise<Execution> = client.workflows.run('order', { input: { cents: 1 } });

const charge = defineAction({
  type: 'acme.charge',
  title: 'Charge',
  description: 'Takes an amount, once.',
  version: 1,
  config: Type.Object({ cents: Type.Integer() }),
  output: Type.String(),
  errors: [],
  defaultTimeoutMs: 20_000,
  effect: 'external',
  run: async ({ config }) => `receipt for ${config.cents.toFixed(0)}`,
});
export const worker = createWorker({ url: 'http://127.0.0.1:8080', apiKey: '', actions: [charge] });
export const tested = runAction(charge, fakeContext({ config: { cents: 1 } }));
export const webhook = verifyWebhook('{}', { 'webhook-id': '1' }, 'whsec_');

// @ts-expect-error a wrong type of an input is seen, so types are there and are not `any`
createClient({ url: 8080 });
