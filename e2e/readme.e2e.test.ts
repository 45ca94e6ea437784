/** The README, followed to the letter: its commands run against the product that `npm start` runs. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
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
  });

  afterAll(async () => {
    service?.kill();
    await server?.stop();
  });

  async function follow(commands: string): Promise<string> {
    const here = commands
      .replaceAll('127.0.0.1:8080', `127.0.0.1:${server.port}`)
      .replaceAll('cfk_live_...', server.apiKey)
      // The example calls port 9000, which may be taken on this machine.
      .replaceAll(
        '-d @examples/customer-onboarding/workflow.json',
        `-d "$(sed s/:9000/:${servicePort}/ examples/customer-onboarding/workflow.json)"`,
      );
    const { stdout } = await run('bash', ['-euc', here], { cwd: root, env: { ...process.env, KEY: server.apiKey } });
    return stdout;
  }

  it('saves the example and sees it run against a real service [D7 G14 G16]', async () => {
    const answers = await follow(block('export KEY'));
    expect(answers).toContain('"status":"published"');
    expect(answers).toContain('"status":"COMPLETED"');
    expect(answers).toContain('"output":{"create-account":{"account":"c-1","email":"ann@example.com"}}');
  });

  it('lists what has run', async () => {
    expect(await follow(block('/api/v1/executions -H'))).toContain('"workflow_id":"customer-onboarding-v2"');
  });
});
