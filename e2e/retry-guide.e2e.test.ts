/** docs/guides/retry-a-failed-run.md, followed to the letter. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { at, aWorkflow, calls, needs, once, says, waits } from './definitions.ts';
import { useProduct } from './product.ts';

const run = promisify(execFile);
const product = useProduct();
const text = readFileSync(new URL('../docs/guides/retry-a-failed-run.md', import.meta.url), 'utf8');
const commands = [...text.matchAll(/```sh\n(.*?)```/gs)].map(([, command]) => command ?? '');

async function followed(place: number, variables: Record<string, string>) {
  const { url, apiKey } = product.server;
  const env = { ...process.env, CLOUDFLOW: `${url}/api/v1`, KEY: apiKey, ...variables };
  const { stdout } = await run('sh', ['-c', commands[place] ?? 'false'], { env });
  return JSON.parse(stdout) as { execution_id: string; runs: { path: string; how: string }[]; adopted: string[] };
}

it('the guide to retries says what happens', async () => {
  expect(commands).toHaveLength(3);
  const world = product.outside.world({ 'POST /charge': [{ status: 500 }, { body: {} }] });
  const definition = aWorkflow([calls('reserve', once), calls('charge', { ...needs('reserve'), ...once })]);
  await product.api.post('/workflows', at(world.url, definition));
  const { json } = await product.api.post(`/workflows/${definition.workflow_id}/execute`, {});
  expect(await product.api.ended(json.execution_id)).toMatchObject({ status: 'FAILED' });

  const preview = await followed(0, { ID: json.execution_id });
  expect(preview).toMatchObject({ runs: [{ path: 'charge', how: 'again' }], adopted: ['reserve'] });
  const retry = await followed(1, { ID: json.execution_id });
  expect((await followed(1, { ID: json.execution_id })).execution_id).toBe(retry.execution_id);
  expect(await product.api.ended(retry.execution_id)).toMatchObject({
    status: 'COMPLETED',
    retry_of: json.execution_id,
  });
  expect(world.calls.map(({ name }) => name)).toEqual(['POST /reserve', 'POST /charge', 'POST /charge']);

  const asks = aWorkflow([
    waits('approve', 'never'),
    says('then', '${ steps.approve.output.approved }', needs('approve')),
  ]);
  await product.api.post('/workflows', asks);
  const running = (await product.api.post(`/workflows/${asks.workflow_id}/execute`, {})).json.execution_id;
  await product.api.until(running, ({ wait_reason }) => wait_reason === 'signal');
  await followed(2, { RUNNING: running });
  expect(await product.api.ended(running)).toMatchObject({ status: 'COMPLETED', output: { then: true } });
});
