/** Runs a server for a test: on a free port of this machine, with data that is thrown away. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type RunningComponent = {
  readonly port: number;
  stop(): Promise<void>;
};

export type ServerCommand = {
  readonly program: string;
  readonly args: readonly string[];
  /** It is ready when it takes a connection here. */
  readonly port: number;
  readonly folder: string;
};

const startMs = 60_000;

/** Rejects with what it printed when it ends instead, or is not ready in a minute. */
export async function runServer({ program, args, port, folder }: ServerCommand): Promise<RunningComponent> {
  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output = (output + chunk).slice(-10_000);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = new Promise<void>((resolve) => child.once('close', resolve).once('error', () => resolve()));
  const killed = (): void => void child.kill('SIGKILL');
  process.once('exit', killed);
  const stop = async (): Promise<void> => {
    process.removeListener('exit', killed);
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  };
  if (await isReady(child, port)) return { port, stop };
  await stop();
  throw new Error(`${program} did not start:\n${output}`);
}

async function isReady(child: ChildProcess, port: number): Promise<boolean> {
  const until = performance.now() + startMs;
  while (child.exitCode === null && child.signalCode === null && performance.now() < until) {
    if (await accepts(port)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export function emptyFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `cloudflow-${name}-`));
}
