/**
 * `npm test`: all set-up, then everything that `npm run verify` checks. Nothing but npm is needed; tests with servers that are not
 * on this machine are left out by name. In CI they are installed first, and nothing is left out.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { runInForeground } from '../packages/cli/bin/run-in-foreground.mjs';
import { explainAndExit, prepare, root } from './setup/prepare.mjs';

try {
  const { node, env } = await prepare();
  if (env['CI'] === 'true') {
    const components = join(root, 'scripts', 'components.mjs');
    const { status } = spawnSync(node, [components], { cwd: root, env, stdio: 'inherit' });
    if (status !== 0) throw new Error('the servers that tests need could not be installed');
  }
  runInForeground(node, [join(root, 'scripts', 'verify.mjs'), ...process.argv.slice(2)], { cwd: root, env });
} catch (error) {
  explainAndExit(error);
}
