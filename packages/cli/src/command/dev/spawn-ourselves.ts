/** This program once more, beside us: its lines are handed on, and it is told to stop when we stop. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../../world.ts';

export type Beside = {
  /** Resolves when it has said that it is ready, or has ended. */
  readonly ready: Promise<void>;
  readonly exited: Promise<number | null>;
  stop(): Promise<void>;
};

/** After a friendly word. */
const longestEndMs = 8_000;

type Options = {
  readonly cwd: string;
  readonly environment: Environment;
  readonly readyLine: RegExp;
  onLine(line: string): void;
};

export function spawnOurselves(words: readonly string[], { cwd, environment, readyLine, onLine }: Options): Beside {
  const main = fileURLToPath(new URL('../../main.ts', import.meta.url));
  // A group of its own: Ctrl-C of the terminal comes to us alone, and we say it on, once.
  const child = spawn(process.execPath, [main, ...words], {
    cwd,
    env: environment,
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', (code) => resolve(code));
  });
  const said = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (readyLine.test(line)) said.resolve();
      if (line !== '') onLine(line);
    });
  }
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  void exited.then(() => {
    said.resolve();
    process.off('exit', kill);
  });
  return {
    ready: said.promise,
    exited,
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(kill, longestEndMs);
      await exited;
      clearTimeout(timer);
    },
  };
}
