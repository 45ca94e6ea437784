/** The packages as npm installs them: built, in an empty folder, with nothing of the repository on any path. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = fileURLToPath(new URL('..', import.meta.url));
const execute = promisify(execFile);

export type InstalledPackages = {
  readonly folder: string;
  /** What a command prints to stdout. Throws with all that it said when it does not end with 0. */
  run(command: string, ...args: readonly string[]): Promise<string>;
  /** One that goes on, until what it prints to stdout matches. */
  start(pattern: RegExp, command: string, ...args: readonly string[]): Promise<RegExpExecArray>;
  /** For all that is run from then on. */
  setEnvironment(more: Readonly<Record<string, string>>): void;
  remove(): Promise<void>;
};

/** Why npm cannot install anything here; undefined when it can. */
export async function missingRegistry(): Promise<string | undefined> {
  const args = ['view', 'typebox@1.4.3', 'version', '--fetch-retries=0', '--fetch-timeout=20000', '--prefer-online'];
  return execute('npm', args).then(
    () => undefined,
    () => 'npm has no registry to ask',
  );
}

export async function installPackages(): Promise<InstalledPackages> {
  const [built, folder] = await Promise.all(
    ['cloudflow packages ', 'an empty folder '].map((name) => mkdtemp(join(tmpdir(), name))),
  );
  if (built === undefined || folder === undefined) throw new Error('there is no temporary folder');
  const packages = inFolder(folder);
  await execute(process.execPath, [join(root, 'tools/build/main.ts'), built], { cwd: root });
  const tarballs = (await readdir(join(built, 'packages'))).map((name) => join(built, 'packages', name));
  await packages.run('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error', ...tarballs);
  await rm(built, { recursive: true });
  return packages;
}

function inFolder(folder: string): InstalledPackages {
  let env = environment(folder);
  const children: ChildProcess[] = [];
  const stop = (signal: NodeJS.Signals) => {
    for (const { pid, exitCode, signalCode } of children)
      if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, signal);
  };
  const leave = () => stop('SIGKILL');
  process.once('exit', leave);
  return {
    folder,
    setEnvironment: (more) => {
      env = { ...env, ...more };
    },
    run: async (command, ...args) => (await execute(command, args, { cwd: folder, env })).stdout,
    start(pattern, command, ...args) {
      // A group of its own, so that all that it starts can be reached.
      const child = spawn(command, args, { cwd: folder, env, detached: true });
      children.push(child);
      return printed(child, pattern);
    },
    async remove() {
      const ended = children.filter(({ exitCode }) => exitCode === null).map((child) => once(child, 'close'));
      stop('SIGTERM');
      const timer = setTimeout(leave, 20_000);
      await Promise.all(ended);
      clearTimeout(timer);
      process.off('exit', leave);
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

/** That of this test run, without what it has of the repository and of npm. */
function environment(folder: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|NODE_|VITEST|CLOUDFLOW_|DATABASE_|PORT$|HOST$|INIT_CWD$|TEST$)/.test(name),
  );
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((each) => !each.startsWith(root));
  return {
    ...Object.fromEntries(inherited),
    PATH: path.join(delimiter),
    XDG_CONFIG_HOME: join(folder, '.config'),
    // Where a Node that is too old keeps a newer one. Fetched once for all runs of this test in this clone.
    XDG_CACHE_HOME: join(root, 'node_modules', '.cache', 'installed-packages'),
    PORT: '0',
    NO_COLOR: '1',
  };
}

function printed(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  let text = '';
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const found = pattern.exec(text);
        if (found !== null) resolve(found);
      });
    }
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`it ended with ${code}:\n${text}`)));
  });
}
