/** `npm start`: all set-up, then the server on the pinned Node. Arguments after `--` are the server's. */
import { join } from 'node:path';
import { runInForeground } from '../packages/cli/bin/run-in-foreground.mjs';
import { explainAndExit, prepare, root } from './setup/prepare.mjs';

try {
  const { node, env } = await prepare();
  const main = join(root, 'packages', 'server', 'src', 'main.ts');
  // npm moves to the folder of the package; relative paths (the data directory first of all) mean where it was called.
  const calledIn = process.env['npm_lifecycle_event'] === 'start' ? process.env['INIT_CWD'] : undefined;
  runInForeground(node, [main, ...process.argv.slice(2)], { cwd: calledIn ?? process.cwd(), env });
} catch (error) {
  explainAndExit(error);
}
