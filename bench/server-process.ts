/** The product as `npm start` runs it, with two actions more. Says where it listens as one line of JSON. */
import { compose } from '../packages/server/src/compose.ts';
import { processSource, readConfig } from '../packages/server/src/config.ts';
import { createLog } from '../packages/server/src/kernel/log/log.ts';
import { slowAction } from './slow-action.ts';
import { trivialAction } from './trivial-action.ts';

const config = readConfig(processSource());
const product = await compose(config, {
  log: createLog({ level: 'error', format: 'json' }),
  progress: () => undefined,
  onFatal(error) {
    throw error;
  },
  moreActions: [trivialAction, slowAction],
});
process.on('SIGTERM', () => void product.stop().then(() => process.exit(0)));
console.log(JSON.stringify({ url: product.url }));
