/** What the launcher does with signals and ends, tried on real processes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, expect, it } from 'vitest';

const launcher = new URL('run-in-foreground.mjs', import.meta.url).href;

/** A program that says when it is ready and each SIGTERM it gets, and ends with 7 at SIGINT. */
const program = `
  process.on('SIGTERM', () => console.log('got SIGTERM'));
  process.on('SIGINT', () => process.exit(7));
  setInterval(() => {}, 1000);
  console.log('ready ' + process.pid);`;

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

function launch(code: string, { through = [] as string[], env = {} } = {}) {
  const body = `import { runInForeground } from ${JSON.stringify(launcher)};
    runInForeground(process.execPath, ['-e', ${JSON.stringify(code)}], { cwd: process.cwd(), env: process.env });`;
  const [command = process.execPath, ...args] = [...through, process.execPath, '--input-type=module', '-e', body];
  const { npm_lifecycle_event: _, ...clean } = process.env;
  const child = spawn(command, args, { env: { ...clean, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => (await lines.next()).value as string | undefined;
  return { child, next, ended: once(child, 'exit') as Promise<[number | null, string | null]> };
}

/** The pid of the program, once it is ready. */
async function pidOf({ next }: { next: () => Promise<string | undefined> }): Promise<number> {
  const pid = Number(/^ready (\d+)$/.exec((await next()) ?? '')?.[1]);
  expect(pid).toBeGreaterThan(0);
  return pid;
}

it('ends with the exit code of the program', async () => {
  const { ended } = launch('process.exit(3)');
  expect(await ended).toEqual([3, null]);
});

it('ends by the signal that ended the program', async () => {
  const launched = launch(program);
  process.kill(await pidOf(launched), 'SIGKILL');
  expect(await launched.ended).toEqual([null, 'SIGKILL']);
});

it('passes a signal on once, however often it is repeated at once', async () => {
  const launched = launch(program);
  await pidOf(launched);
  for (let n = 0; n < 3; n += 1) launched.child.kill('SIGTERM');
  expect(await launched.next()).toBe('got SIGTERM');
  launched.child.kill('SIGINT');
  expect(await launched.ended).toEqual([7, null]);
  expect(await launched.next()).toBeUndefined();
});

it('tells the program to stop when the shell that npm put between dies', async () => {
  // The second command keeps the shell from becoming the launcher itself.
  const through = ['/bin/sh', '-c', '"$@"; exit $?', 'sh'];
  const launched = launch(program, { through, env: { npm_lifecycle_event: 'start' } });
  const pid = await pidOf(launched);
  launched.child.kill('SIGKILL');
  expect(await launched.next()).toBe('got SIGTERM');
  process.kill(pid, 'SIGINT');
  expect(await launched.next()).toBeUndefined();
});
