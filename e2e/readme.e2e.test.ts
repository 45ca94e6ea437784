/** The README, followed to the letter: its commands run against the product that `npm start` runs. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../packages/server/testing/server.ts';

const run = promisify(execFile);
const root = new URL('..', import.meta.url);
const blocks = [...readFileSync(new URL('README.md', root), 'utf8').matchAll(/```sh\n(.*?)```/gs)].map(
  ([, text]) => text ?? '',
);

/** The first block that holds the words. */
function block(words: string): string {
  const found = blocks.find((text) => text.includes(words));
  if (found === undefined) throw new Error(`the README has no command with ${words}`);
  return found;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

describe('the README', () => {
  let server: RunningServer;
  let service: ReturnType<typeof spawn>;
  let servicePort: number;
  let folder: string;
  let definition: string;

  beforeAll(async () => {
    servicePort = await freePort();
    expect(block('npm start')).toBe('CLOUDFLOW_EGRESS_ALLOW=127.0.0.1:9000 npm start\n');
    server = await startServer({ env: { CLOUDFLOW_EGRESS_ALLOW: `127.0.0.1:${servicePort}` } });
    const [program = ''] = block('validation-service').trim().split(' ').slice(1);
    service = spawn(process.execPath, [program, String(servicePort)], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(service.stdout ?? service, 'data');
    folder = await mkdtemp(join(tmpdir(), 'cloudflow-readme-'));
    definition = join(folder, 'workflow.json');
    const example = await readFile(new URL('examples/customer-onboarding/workflow.json', root), 'utf8');
    await writeFile(definition, example.replaceAll(':9000', `:${servicePort}`));
  });

  afterAll(async () => {
    service?.kill();
    await server?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  async function follow(commands: string): Promise<string> {
    const here = commands
      .replaceAll('cfk_live_...', server.apiKey)
      // The example calls port 9000, which may be taken on this machine.
      .replaceAll('examples/customer-onboarding/workflow.json', definition);
    const bin = join(fileURLToPath(root), 'node_modules', '.bin');
    const env = {
      ...process.env,
      PATH: `${bin}:${process.env['PATH']}`,
      CLOUDFLOW_API_KEY: server.apiKey,
      CLOUDFLOW_URL: server.url,
      XDG_CONFIG_HOME: folder,
    };
    const { stdout } = await run('bash', ['-euc', here], { cwd: root, env });
    return stdout;
  }

  it('publishes the example and sees it run against a real service [D7 G14 G16]', async () => {
    const printed = await follow(block('export CLOUDFLOW_API_KEY'));
    expect(printed).toMatch(/customer-onboarding-v2 +2\.1\.0 +published/);
    expect(printed).toMatch(/status +COMPLETED/);
    expect(printed).toContain('"account": "c-1"');
  });

  it('lists what has run', async () => {
    expect(await follow(block('cloudflow run list'))).toMatch(/customer-onboarding-v2@2\.1\.0 +COMPLETED/);
  });
});
