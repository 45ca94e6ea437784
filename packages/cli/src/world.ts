/** The process as the program sees it: the only reader of the environment here. Tests hand in another one. */
import { homedir } from 'node:os';
import type { Readable, Writable } from 'node:stream';

export type Environment = { readonly [key: string]: string | undefined };
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };
export type InputStream = Readable & { readonly isTTY?: boolean };

export type World = {
  /** The words after the name of the program. */
  readonly words: readonly string[];
  readonly environment: Environment;
  /** Where the command was given. */
  readonly cwd: string;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
};

export function processWorld(): World {
  return {
    words: process.argv.slice(2),
    environment: process.env,
    cwd: process.cwd(),
    home: homedir(),
    platform: process.platform,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
  };
}

/** For a program that this one becomes: it reads the environment by itself. */
export function setEnvironment(values: Environment): void {
  for (const [key, value] of Object.entries(values)) if (value !== undefined) process.env[key] = value;
}
