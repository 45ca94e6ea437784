/** docs/guides/watch-and-operate-runs.md, followed to the letter. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it, vi } from 'vitest';
import { aWorkflow, naps } from './definitions.ts';
import { useProduct } from './product.ts';

const run = promisify(execFile);
const product = useProduct();
const text = readFileSync(new URL('../docs/guides/watch-and-operate-runs.md', import.meta.url), 'utf8');
const commands = [...text.matchAll(/```sh\n(.*?)```/gs)].map(([, command]) => command ?? '');

async function printed(place: number, variables: Record<string, string>): Promise<string> {
  const { url, apiKey } = product.server;
  const env = { ...process.env, CLOUDFLOW: `${url}/api/v1`, KEY: apiKey, SECONDS_TO_WATCH: '1', ...variables };
  // A stream that is watched for a time ends with curl's code for that time being over.
  const { stdout } = await run('sh', ['-c', commands[place] ?? 'false'], { env }).catch((error) => error);
  return stdout;
}
const followed = async (place: number, variables: Record<string, string>) =>
  JSON.parse(await printed(place, variables));

it('the guide to watching and operating says what happens', async () => {
  expect(commands).toHaveLength(8);
  const definition = aWorkflow([naps('nap', '1h')]);
  const WORKFLOW = definition.workflow_id;
  await product.api.post('/workflows', definition);
  const items = [{ labels: { region: 'eu' } }, { labels: { region: 'eu' } }, { labels: { region: 'us' } }];
  const { json } = await product.api.post(`/workflows/${WORKFLOW}/execute/batch`, { items });
  const [ID = '', second = '', third = ''] = json.execution_ids;
  for (const id of json.execution_ids) await product.api.until(id, ({ wait_reason }) => wait_reason === 'delay');

  expect(await followed(0, { WORKFLOW })).toMatchObject({
    data: [{ labels: { region: 'eu' } }, { labels: { region: 'eu' } }],
    next_cursor: null,
    count: 2,
    capped: false,
  });
  expect((await followed(1, { WORKFLOW })).by_status.RUNNING).toEqual({ count: 3, capped: false });
  expect(await printed(2, { ID })).toMatch(/^id: \d+\.\d+$/m);
  expect(JSON.stringify(await followed(3, { ID }))).toContain('nap');
  expect((await followed(4, { ID })).labels).toEqual({ ticket: 'OPS-7' });
  expect(await followed(5, { WORKFLOW })).toMatchObject({ data: [{ reason: 'the supplier is down' }] });

  const { id: OPERATION } = await followed(6, { WORKFLOW });
  expect((await followed(6, { WORKFLOW })).id).toBe(OPERATION);
  await vi.waitFor(
    async () => expect(await followed(7, { OPERATION })).toMatchObject({ status: 'COMPLETED', done: 1, failed: 0 }),
    { timeout: 10_000, interval: 50 },
  );
  expect(await product.api.ended(second)).toMatchObject({ status: 'CANCELLED' });
  for (const id of [ID, third]) {
    expect((await product.api.get(`/executions/${id}`)).json.status).toBe('RUNNING');
    await product.api.post(`/executions/${id}/cancel`);
  }
});
