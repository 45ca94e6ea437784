/** `npm test`: all set-up, then everything that `npm run verify` checks. Nothing but npm is needed, so nothing is left out. */
import { join } from 'node:path';
import { explainAndExit, prepare, root } from './setup/prepare.mjs';
import { runInForeground } from './setup/run-in-foreground.mjs';

try {
  const { node, env } = await prepare();
  runInForeground(node, [join(root, 'scripts', 'verify.mjs'), ...process.argv.slice(2)], { cwd: root, env });
} catch (error) {
  explainAndExit(error);
}
