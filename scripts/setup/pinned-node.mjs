/** Finds the Node that the lockfile pins (it runs TypeScript directly); the Node that runs this file may be older. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runWithProgress } from '../../packages/cli/bin/progress.mjs';

/**
 * The path of the pinned Node. Its package fetches the binary in an install script; where those are switched off
 * (`ignore-scripts`, or npm's `allowScripts`), the script is run here.
 *
 * @param {string} root
 * @returns {Promise<string>}
 */
export async function ensurePinnedNode(root) {
  const folder = join(root, 'node_modules', 'node');
  const binary = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(binary)) return binary;
  await runWithProgress('Fetching the pinned Node', process.execPath, ['installArchSpecificPackage.js'], {
    cwd: folder,
  });
  if (!existsSync(binary)) throw new Error(`the pinned Node did not arrive at ${binary}`);
  return binary;
}
