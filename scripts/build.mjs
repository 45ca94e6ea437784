/** `npm run build`: all set-up, then the packages as they are published. */
import { join } from 'node:path';
import { runInForeground } from '../packages/cli/bin/run-in-foreground.mjs';
import { explainAndExit, prepare, root } from './setup/prepare.mjs';

try {
  const { node, env } = await prepare();
  runInForeground(node, [join(root, 'tools', 'build', 'main.ts'), ...process.argv.slice(2)], { cwd: root, env });
} catch (error) {
  explainAndExit(error);
}
