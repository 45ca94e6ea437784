/** The client of the SDK against the product: every route, runs to their end, lost answers, and a server that is killed in between. */
import { type Client, createClient } from '@cloudflow/sdk/client/index.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { operations } from '../packages/sdk/src/client/api.generated.ts';
import type { Operations } from '../packages/sdk/src/client/operation.ts';
import { startServer } from '../packages/server/testing/server.ts';
import { at, aWorkflow, calls, needs, once, says, waits } from './definitions.ts';
import { useProduct } from './product.ts';

const product = useProduct();
const aClient = (more: Partial<Parameters<typeof createClient>[0]> = {}): Client =>
  createClient({ url: product.server.url, apiKey: product.server.apiKey, ...more });

async function collect<T>(from: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const each of from) all.push(each);
  return all;
}

const greeting = {
  workflow_id: 'client-greeting',
  version: '1.0.0',
  steps: [says('greet', { text: "${'Hello, ' + input.name}" })],
  output: '${steps.greet.output.text}',
};
const patient = { workflow_id: 'client-patient', version: '1.0.0', steps: [waits('hold', 'go'), says('done', 1)] };

describe('the methods of the client', () => {
  it('are those of the routes that the product has, each once', async () => {
    const response = await fetch(`${product.server.url}/api/v1/openapi.json`);
    const { paths } = (await response.json()) as { paths: Record<string, Record<string, unknown>> };
    const served = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const known = Object.values(operations satisfies Operations).flatMap((methods) =>
      Object.values(methods).map(({ verb, path }) => `${verb} ${path}`),
    );
    expect(known.sort()).toEqual(served.sort());
  });

  it('publish a workflow, run it, and read what happened', async () => {
    const client = aClient();
    const published = await client.workflows.create(greeting);
    expect(published).toMatchObject({ workflow_id: 'client-greeting', version: '1.0.0' });

    const run = await client.workflows.run('client-greeting', { input: { name: 'Ada' } });
    expect(run).toMatchObject({ status: 'COMPLETED', output: 'Hello, Ada' });

    const started = await client.workflows.execute('client-greeting', { input: { name: 'Bo' } });
    expect(await started.wait()).toMatchObject({ id: started.execution_id, output: 'Hello, Bo' });
    const steps = await client.executions.steps(run.id).first(100);
    expect(steps.map(({ step_id, status }) => [step_id, status])).toEqual([['greet', 'SUCCESS']]);
    const followed = await collect(client.executions.follow(run.id));
    expect(followed).toEqual(await collect(client.executions.events(run.id)));
    expect(followed.at(-1)?.type).toBe('execution_ended');
  });

  it('walk through all pages of a list, whatever the size of a page is', async () => {
    const client = aClient();
    await client.workflows.create({ ...greeting, workflow_id: 'client-pages' });
    const items = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ input: { name } }));
    const { execution_ids } = await client.workflows.executeBatch('client-pages', { items });
    const pages = await collect(client.executions.list({ workflow_id: 'client-pages', limit: 2 }).pages());
    expect(pages.map(({ data }) => data.length)).toEqual([2, 2, 1]);
    const rows = await collect(client.executions.list({ workflow_id: 'client-pages', limit: 2 }));
    expect(rows.map(({ id }) => id).sort()).toEqual([...execution_ids].sort());
    expect(await client.executions.list({ workflow_id: 'client-pages', count: true }).page()).toMatchObject({
      count: 5,
    });
  });
});

describe('a run that failed', () => {
  it('can be looked at, tried in thought, and retried', async () => {
    const client = aClient();
    const world = product.outside.world({ 'POST /charge': [{ status: 500 }, { body: {} }] });
    const { workflow_id, ...definition } = aWorkflow([
      calls('reserve', once),
      calls('charge', { ...needs('reserve'), ...once }),
    ]);
    await client.workflows.create(at(world.url, { workflow_id, ...definition }));
    const failed = await client.workflows.run(workflow_id, { input: {} });
    expect(failed).toMatchObject({ status: 'FAILED', error: { step: 'charge' } });
    expect(await client.executions.explain(failed.id)).toMatchObject({ execution_id: failed.id, status: 'FAILED' });

    const preview = await client.executions.previewRetry(failed.id, { from: 'failed' });
    expect(preview).toMatchObject({ adopted: ['reserve'], runs: [{ path: 'charge', how: 'again' }] });
    const retry = await client.executions.retry(failed.id, { from: 'failed' });
    expect(await retry.wait()).toMatchObject({ status: 'COMPLETED', retry_of: failed.id });
    expect(await client.executions.stats({ workflow_id })).toMatchObject({
      by_status: { COMPLETED: { count: 1 }, FAILED: { count: 1 } },
    });
  });
});

describe('a refusal', () => {
  it('is an error with the code, the places, and what was probably meant', async () => {
    const refused = aClient().workflows.create({ ...greeting, steps: [{ id: 'greet', type: 'transfrom' }] });
    await expect(refused).rejects.toMatchObject({
      name: 'ApiError',
      status: 422,
      code: 'invalid_definition',
      errors: [{ pointer: '/steps/0/type', suggestion: 'transform' }],
      correlationId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    await expect(
      aClient({ apiKey: `cfk_live_${'x'.repeat(32)}` })
        .workflows.list()
        .page(),
    ).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });
});

describe('a start whose answer is lost', () => {
  it('is tried again under the same key, and is one execution', async () => {
    await aClient().workflows.create({ ...greeting, workflow_id: 'client-lost' });
    let lost = 0;
    const lossy: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      if (init?.method !== 'POST' || lost++ > 0) return response;
      await response.arrayBuffer();
      throw new TypeError('fetch failed');
    };
    const started = await aClient({ fetch: lossy }).workflows.execute('client-lost', { input: { name: 'Ada' } });
    expect(lost).toBe(2);
    const ids = (await aClient().executions.list({ workflow_id: 'client-lost' }).first(10)).map(({ id }) => id);
    expect(ids).toEqual([started.execution_id]);
  });
});

describe('a server that is killed', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  it('is waited for: the end of the execution is seen, and each event once', async () => {
    const first = await startServer();
    cleanups.push(() => first.kill());
    const { url, apiKey, port, dataDir } = first;
    const client = createClient({ url, apiKey });
    await client.workflows.create(patient);
    const run = await client.workflows.execute('client-patient');
    const finished = run.wait({ timeoutMs: 60_000 });
    const seen: string[] = [];
    let killed: Promise<void> | undefined;
    for await (const event of client.executions.follow(run.execution_id, { retries: 100 })) {
      seen.push(event.id);
      killed ??= first.kill().then(async () => {
        const second = await startServer({ port, dataDir, apiKey });
        cleanups.push(() => second.stop());
        await client.executions.signal(run.execution_id, 'go', { payload: null });
      });
    }
    await killed;
    expect((await finished).status).toBe('COMPLETED');
    const all = await collect(client.executions.events(run.execution_id));
    expect(seen).toEqual(all.map(({ id }) => id));
  });
});
