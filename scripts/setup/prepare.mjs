/** All set-up that a fresh clone needs; a few milliseconds when nothing changed. */
import { accessSync, constants } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './install.mjs';
import { ensurePinnedNode } from './pinned-node.mjs';

/** The folder of the repository. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * Installs what is missing and answers how to run the product's own commands: the pinned Node, and an environment in
 * which `node` means that one and compiled code is kept between runs.
 *
 * @returns {Promise<{ node: string, env: NodeJS.ProcessEnv }>}
 */
export async function prepare() {
  await ensureInstalled(root);
  const node = await ensurePinnedNode(root);
  const modules = join(root, 'node_modules');
  const separator = process.platform === 'win32' ? ';' : ':';
  /** @type {NodeJS.ProcessEnv} */
  const env = {
    ...process.env,
    PATH: [dirname(node), join(modules, '.bin'), process.env['PATH'] ?? ''].join(separator),
  };
  // Not where we may not write (an ordinary user in a clone of root): Node would try, and keep nothing, at every start.
  if (isWritable(modules)) env['NODE_COMPILE_CACHE'] ??= join(modules, '.cache', 'compile');
  return { node, env };
}

/**
 * One line for people, not a stack: what stops the set-up is nearly always outside this repository.
 *
 * @param {unknown} error
 */
export function explainAndExit(error) {
  process.stderr.write(`cloudflow: ${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}

/** @param {string} folder */
function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
