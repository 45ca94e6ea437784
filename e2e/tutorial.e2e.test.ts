/** docs/tutorials/first-workflow.md, followed to the letter: three terminals, in its order. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCli, type Ended } from './cli.ts';
import { useProduct } from './product.ts';

const product = useProduct();
const root = fileURLToPath(new URL('..', import.meta.url));
const tutorial = readFileSync(join(root, 'docs/tutorials/first-workflow.md'), 'utf8');
const commands = [...tutorial.matchAll(/```sh\n(.*?)```/gs)].map(([, command = '']) => command);
let place = 0;
let folder = '';
let project = '';
let environment: Record<string, string> = {};
let worker: ChildProcess | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloudflow-tutorial-'));
  project = join(folder, 'my-flows');
  // Where `npm install` puts it is on the PATH of the tutorial.
  await mkdir(join(folder, 'bin'));
  await symlink(join(root, 'packages/cli/bin/cloudflow.mjs'), join(folder, 'bin/cloudflow'));
  environment = {
    PATH: `${join(folder, 'bin')}:${dirname(process.execPath)}:${process.env['PATH']}`,
    XDG_CONFIG_HOME: folder,
  };
});
afterAll(async () => {
  worker?.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** The next block of the tutorial, which holds these words. */
function next(words: string): string {
  const command = commands[place] ?? '';
  place += 1;
  expect(command).toContain(words);
  return command.replaceAll('http://127.0.0.1:8080', product.server.url).replaceAll(/^export PATH=.*\n/gm, '');
}

function follow(command: string, cwd: string, input = ''): Promise<Ended> {
  return createCli({ cwd, env: environment }).shell(command, { input });
}

/** Commands that go on until Ctrl-C: the third terminal. */
async function startWorker(): Promise<void> {
  if (worker !== undefined) {
    const ended = new Promise((resolve) => worker?.once('exit', resolve));
    worker.kill('SIGINT');
    await ended;
  }
  const command = next('cloudflow worker').replace('cd my-flows\n', '');
  worker = spawn('bash', ['-c', `exec ${command}`], { cwd: project, env: { ...process.env, ...environment } });
  await new Promise<void>((resolve, reject) => {
    let said = '';
    worker?.once('exit', (code) => reject(new Error(`the worker ended with ${code}: ${said}`)));
    worker?.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('takes tasks')) resolve();
    });
  });
}

it('the tutorial says what happens', async () => {
  expect(next('cloudflow start')).toBe('npm install\ncloudflow start\n');
  expect(await follow(next('auth login'), folder, product.server.apiKey)).toMatchObject({ code: 0 });
  expect(await follow(next('cloudflow init'), folder)).toMatchObject({ code: 0 });
  await startWorker();

  const first = await follow(next('run start hello').replace('cd my-flows\n', ''), project);
  expect(first, first.stderr).toMatchObject({ code: 0 });
  expect(first.stdout).toContain('HELLO ANN!');
  expect((await follow(next('run list'), project)).stdout).toContain('HELLO BOB!');
  const refused = await follow(`cloudflow run start hello --input '{ "nam": "Bob" }'`, project);
  expect(refused).toMatchObject({ code: 5 });

  const broken = await follow(next('order.yaml'), project);
  expect(broken).toMatchObject({ code: 8 });
  expect(broken.stderr).toContain("no such field 'steps.total.output.amount'");
  const [id = ''] = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(broken.stderr) ?? [];
  const ofRun = (words: string) => next(words).replaceAll('019ab3f2', id);
  expect((await follow(ofRun('run explain'), project)).stdout).toContain('step `thank`');

  expect(await follow(next('workflow diff'), project)).toMatchObject({ code: 0 });
  const retried = await follow(ofRun('run retry'), project);
  expect(retried, retried.stderr).toMatchObject({ code: 0 });
  expect(retried.stderr).toContain('1 step would run with version 1.0.1; 1 taken over.');
  expect(retried.stdout).toContain('Thank you for 1550 cents.');

  expect(await follow(next('charge.action.ts'), project)).toMatchObject({ code: 0 });
  await startWorker();
  const charged = await follow(next('version: 1.1.0'), project);
  expect(charged, charged.stderr).toMatchObject({ code: 0 });
  expect(charged.stdout).toContain('1550 cents');

  const tested = await follow(next('order.test.yaml'), project);
  expect(tested, tested.stdout + tested.stderr).toMatchObject({ code: 0 });
  expect(tested.stderr).toContain('2 cases passed');

  expect(await follow(next('workflow fmt'), project)).toMatchObject({ code: 0 });
  const checked = await follow(`set -e\n${next('--junit')}`, project);
  expect(checked, checked.stdout + checked.stderr).toMatchObject({ code: 0 });
  expect(place).toBe(commands.length);
});
