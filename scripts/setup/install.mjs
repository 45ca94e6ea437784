/**
 * Brings `node_modules` to what the lockfile says. Plain JavaScript for Node 20, with no packages: it runs when nothing
 * is installed yet.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runWithProgress } from '../../packages/cli/bin/progress.mjs';

/**
 * Installs when, and only when, what is installed is not what the lockfile says. Reads npm's own record of what it
 * installed instead of keeping a stamp: a stamp lies after somebody ran npm by hand, and cannot be written by an
 * ordinary user in a folder that root installed.
 *
 * @param {string} root
 */
export async function ensureInstalled(root) {
  const lock = readLock(join(root, 'package-lock.json'));
  if (!lock) throw new Error(`${join(root, 'package-lock.json')} is missing, so nothing says what to install`);
  const stale = outdatedManifest(root, lock);
  if (stale) throw new Error(`${stale} and package-lock.json disagree: run "npm install" and commit both`);
  if (isInstalled(root, lock)) return;
  // Not `npm ci`: it refuses a lockfile that lacks the binaries of some foreign platform, which is what npm writes when a
  // registry mirror does not carry them. With the manifests checked above, and without saving, `install` takes each
  // locked version too, and does not resolve anew (under an older Node that would quietly pick older packages).
  const options = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  await runWithProgress('Installing dependencies', 'npm', ['install', ...options], {
    cwd: root,
    shell: process.platform === 'win32',
  });
}

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean, link?: boolean } & Record<string, unknown>} LockEntry */

/**
 * True when each locked package is there in the locked version. Optional ones may be absent: they belong to other
 * platforms.
 *
 * @param {string} root
 * @param {Record<string, LockEntry>} lock
 */
function isInstalled(root, lock) {
  const installed = readLock(join(root, 'node_modules', '.package-lock.json'));
  if (!installed) return false;
  return Object.entries(lock).every(([path, wanted]) => {
    if (path === '') return true;
    const found = installed[path];
    if (!found) return wanted.optional === true || wanted.devOptional === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

/**
 * The first package.json whose dependencies are not those in the lockfile: `npm ci` would refuse with a page of text.
 *
 * @param {string} root
 * @param {Record<string, LockEntry>} lock
 */
function outdatedManifest(root, lock) {
  const workspaces = readdirSync(join(root, 'packages'))
    .map((name) => `packages/${name}`)
    .filter((path) => existsSync(join(root, path, 'package.json')));
  const wrong = ['', ...workspaces].find((path) => {
    const manifest = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
    const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
    return kinds.some((kind) => !sameEntries(manifest[kind], lock[path]?.[kind]));
  });
  return wrong === undefined ? undefined : join(wrong, 'package.json');
}

/**
 * @param {unknown} one
 * @param {unknown} other
 */
function sameEntries(one, other) {
  /** @param {unknown} of */
  const text = (of) => JSON.stringify(Object.entries(of ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
  return text(one) === text(other);
}

/**
 * @param {string} path
 * @returns {Record<string, LockEntry> | undefined}
 */
function readLock(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : undefined;
}
