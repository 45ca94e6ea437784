/** A worker of its own process, for tests that kill it: it writes down each effect, and then does what the step's config says. */
import { appendFileSync } from 'node:fs';
import { createWorker, defineAction } from '@cloudflow/sdk/sdk.ts';
import Type from 'typebox';

const [, , sink = '', url = '', apiKey = ''] = process.argv;

const effect = defineAction({
  type: 'test.effect',
  title: 'An effect',
  description: 'Writes down its key, and hangs until its process dies when it is the first to.',
  version: 1,
  config: Type.Object({ hang: Type.Boolean() }),
  output: Type.Object({ pid: Type.Integer() }),
  errors: [],
  defaultTimeoutMs: 60_000,
  effect: 'external',
  async run({ config, idempotencyKey }) {
    appendFileSync(sink, `${JSON.stringify({ key: idempotencyKey, pid: process.pid })}\n`);
    if (config.hang && process.env['HANG'] === '1') await new Promise(() => undefined);
    return { pid: process.pid };
  },
});

const worker = createWorker({ url, apiKey, actions: [effect], leaseMs: 5_000, name: `pid-${process.pid}` });
process.once('SIGTERM', () => worker.stop());
await worker.run();
