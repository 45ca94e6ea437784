/** The examples, each as it stands: in form, without a warning, and run to its end on the product. */
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '@cloudflow/core/json.ts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDefinitionFile } from '../packages/cli/src/definition/definition-file.ts';
import { processWorld } from '../packages/cli/src/world.ts';
import { type Relay, startRelay } from '../packages/server/testing/relay.ts';
import { createCli } from './cli.ts';
import { type ExampleRun, exampleRuns } from './example-runs.ts';
import type { World } from './outside-world.ts';
import { useProduct } from './product.ts';

type TestedFile = {
  readonly file: string;
  readonly cases: readonly unknown[];
  readonly steps: { readonly unreached: readonly string[] };
};

const product = useProduct();
const root = fileURLToPath(new URL('..', import.meta.url));
const files = globSync('examples/*/*.{json,yaml,ts}', { cwd: root }).filter((file) => !file.includes('.test.'));
const examples = [...new Set(files.map((file) => basename(dirname(file))))].sort();
const definitions = new Map<string, JsonObject>();
let relay: Relay;
let owner: pg.Client;

/** Those that the examples name. */
async function makeCredentials(): Promise<void> {
  const { username, searchParams } = new URL(product.server.databaseUrl());
  owner = new pg.Client({ connectionString: product.server.databaseUrl() });
  await owner.connect();
  await owner.query('create table public.prices (sku text primary key, price numeric not null)');
  relay = await startRelay(`${searchParams.get('host')}/.s.PGSQL.5432`);
  const database = {
    host: '127.0.0.1',
    port: String(relay.port),
    username,
    database: owner.database,
    password: 'not-asked-for',
  };
  const credentials = [
    { name: 'SHOP_DB', type: 'postgres', values: database },
    { name: 'BANK', type: 'http_bearer', values: { token: 'token-of-the-bank' } },
    { name: 'CARD_FACTORY', type: 'generic', values: { value: 'key-of-the-factory' } },
    { name: 'MODEL', type: 'http_bearer', values: { token: 'key-of-the-model' } },
    { name: 'GITHUB', type: 'github', values: { token: 'ghp_1234' } },
    { name: 'OPS_BOT', type: 'slack', values: { token: 'xoxb-1-2-3' } },
    { name: 'MAIL', type: 'smtp', values: { host: '127.0.0.1', port: '2525' } },
  ];
  for (const each of credentials) {
    const own = ['github', 'slack'].includes(each.type) ? {} : { allowed_hosts: ['127.0.0.1'] };
    const { status, json } = await product.api.post('/credentials', { ...each, ...own });
    expect(status, JSON.stringify(json)).toBe(201);
  }
}

beforeAll(async () => {
  await makeCredentials();
  for (const file of files) {
    const { document } = await readDefinitionFile(join(root, file), processWorld());
    definitions.set(file, document as JsonObject);
  }
});
afterAll(async () => {
  await owner?.end();
  await relay?.close();
});

describe('the examples', () => {
  it('are at least twenty, each says what it shows, and the gallery names it', () => {
    expect(examples.length).toBeGreaterThanOrEqual(20);
    for (const [file, { description }] of definitions) expect(description, file).toMatch(/^[A-Z].{30,110}\.$/);
    expect([...new Set(exampleRuns.map(({ example }) => example))].sort()).toEqual(examples);
  });

  it('are in the form that `workflow fmt` writes', async () => {
    const written = files.filter((file) => !file.endsWith('.ts'));
    const cli = createCli({ cwd: root, env: { XDG_CONFIG_HOME: product.server.dataDir } });
    expect(await cli.run(['workflow', 'fmt', '--check', ...written])).toMatchObject({ code: 0, stdout: '' });
  });

  it('have at least two cases each, which pass and reach every step', async () => {
    const cli = createCli({ cwd: root, env: { XDG_CONFIG_HOME: product.server.dataDir } });
    const tested = (await cli.json(['test', 'examples'])) as TestedFile[];
    expect(tested.map(({ file }) => basename(dirname(file))).sort()).toEqual(examples);
    for (const { file, cases, steps } of tested) {
      expect(cases.length, file).toBeGreaterThanOrEqual(2);
      expect(steps.unreached, file).toEqual([]);
    }
  });

  it('are published without an error or a warning', async () => {
    for (const [file, definition] of definitions) {
      const published = await product.api.post('/workflows', definition);
      expect(published, `${file}: ${JSON.stringify(published.json)}`).toMatchObject({
        status: 201,
        json: { status: 'published', warnings: [] },
      });
    }
  });

  it.each(exampleRuns.map((run) => ({ ...run, title: `${run.example} ends ${run.ends.status}` })))(
    '$title',
    async (run) => {
      const world = product.outside.world(run.world);
      const started = await start(run, world);
      for (const { name, payload } of run.signals ?? []) {
        const sent = await product.api.post(`/executions/${started}/signals/${name}`, { payload });
        expect(sent.status).toBe(202);
      }
      expect(await product.api.ended(started)).toMatchObject(run.ends);
      if (run.calls !== undefined) expect(world.calls.map(({ name }) => name)).toEqual(run.calls);
    },
  );
});

it('the commands of the gallery do what it says', async () => {
  const { url, apiKey, dataDir } = product.server;
  const cli = createCli({
    cwd: root,
    env: { CLOUDFLOW_URL: url, CLOUDFLOW_API_KEY: apiKey, XDG_CONFIG_HOME: dataDir },
  });
  const [, commands = ''] = /```sh\n(.*?)```/s.exec(readFileSync(join(root, 'examples/README.md'), 'utf8')) ?? [];
  const { code, stderr } = await cli.shell(`set -e; cloudflow() { "$CLOUDFLOW" "$@"; }\n${commands}${commands}`);
  expect(code, stderr).toBe(0);
  const labelled = await product.api.get('/executions?label=team:shop&business_key=o-1');
  expect(labelled.json.data).toHaveLength(1);
});

it('a folder is published at once, the workflows that others of it call before those', async () => {
  const { url, dataDir } = product.server;
  const apiKey = await product.server.addTenant();
  const cli = createCli({
    cwd: root,
    env: { CLOUDFLOW_URL: url, CLOUDFLOW_API_KEY: apiKey, XDG_CONFIG_HOME: dataDir },
  });
  const published = (await cli.json(['workflow', 'publish', 'examples/new-hire'])) as { workflow_id: string }[];
  expect(published.map(({ workflow_id }) => workflow_id)).toEqual(['new-hire-account', 'new-hire']);
  const exported = await cli.run(['workflow', 'export', 'new-hire', 'new-hire-account']);
  const other = createCli({
    cwd: root,
    env: { CLOUDFLOW_URL: url, CLOUDFLOW_API_KEY: await product.server.addTenant(), XDG_CONFIG_HOME: dataDir },
  });
  expect(await other.run(['workflow', 'import', '-'], { input: exported.stdout })).toMatchObject({ code: 0 });
});

let runs = 0;

/** The example calls the world of this run in place of its own services: a version of its own. */
async function start({ example, input = {} }: ExampleRun, world: World): Promise<string> {
  runs += 1;
  const own = files.filter((file) => basename(dirname(file)) === example).sort();
  let workflowId = '';
  for (const file of own) {
    const document = definitions.get(file);
    const { workflow_id, ...rest } = JSON.parse(within(world, JSON.stringify(document)));
    const there = { ...rest, workflow_id, version: `9.0.${runs}` };
    const published = await product.api.post('/workflows', there);
    expect(published, JSON.stringify(published.json)).toMatchObject({ status: 201 });
    workflowId = workflow_id as string;
  }
  const body = JSON.parse(JSON.stringify({ input }).replaceAll('WORLD', world.url));
  const { status, json } = await product.api.post(`/workflows/${workflowId}/execute`, body);
  expect(status, JSON.stringify(json)).toBe(202);
  return json.execution_id;
}

function within(world: World, definition: string): string {
  return definition
    .replaceAll(/https:\/\/([a-z]+)\.example/g, `${world.url}/$1`)
    .replaceAll('http://127.0.0.1:9000', world.url)
    .replaceAll('"model":"gpt', `"base_url":"${world.url}","model":"gpt`);
}
