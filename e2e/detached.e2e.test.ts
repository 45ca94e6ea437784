/** Items that are executions of their own, over the public API. */
import { expect, it } from 'vitest';
import { at, aWorkflow, calls, type Definition, naps, needs, once, says } from './definitions.ts';
import type { World } from './outside-world.ts';
import { useProduct } from './product.ts';

const product = useProduct();

async function started(world: World, definition: Definition, input: object): Promise<string> {
  const published = await product.api.post('/workflows', at(world.url, definition));
  expect(published, JSON.stringify(published.json)).toMatchObject({ status: 201 });
  const answer = await product.api.post(`/workflows/${definition.workflow_id}/execute`, { input });
  return answer.json.execution_id;
}

it.concurrent('shows each item as an execution of the same version, with what it was given and its own steps [WCP-12]', async () => {
  const world = product.outside.world();
  const definition = aWorkflow([
    says('before', { url: 'u', unread: true }),
    {
      id: 'all',
      type: 'for_each',
      config: {
        items: 'input.orders',
        as: 'order',
        wait: false,
        steps: [
          naps('nap', 20),
          calls('ship', needs('nap')),
          says('told', '${ order.id } ${ steps.before.output.url } ${ input.region }', needs('ship')),
        ],
      },
      ...needs('before'),
    },
  ]);
  const orders = [{ id: 'a' }, { id: 'b' }];
  const id = await started(world, definition, { orders, region: 'eu', unread: true });
  const parent = await product.api.ended(id);
  const ids = (parent['output'] as { readonly all: readonly string[] }).all;
  expect(parent).toMatchObject({ status: 'COMPLETED', output: { all: [expect.any(String), expect.any(String)] } });
  for (const [index, child] of ids.entries()) {
    expect(await product.api.ended(child)).toMatchObject({
      status: 'COMPLETED',
      workflow_id: definition.workflow_id,
      version: '1.0.0',
      parent: id,
      root: id,
      input: { order: orders[index], index, steps: { before: { output: { url: 'u' } } }, input: { region: 'eu' } },
      trigger: { type: 'for_each', execution_id: id, step: 'all', step_id: 'all', index },
      output: { told: `${orders[index]?.id} u eu` },
    });
    const steps = await product.api.all(`/executions/${child}/steps`);
    expect(steps.map(({ step_id, path, status }) => [step_id, path, status])).toEqual([
      ['nap', 'nap', 'SUCCESS'],
      ['ship', 'ship', 'SUCCESS'],
      ['told', 'told', 'SUCCESS'],
    ]);
  }
  const keys = world.calls.map(({ headers }) => headers['idempotency-key']);
  expect(keys.toSorted()).toEqual([`${id}/all.0/ship/0/0`, `${id}/all.1/ship/0/0`]);
  const events = await product.api.all(`/executions/${id}/events`);
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'items_started', step_id: 'all', index: 0, child_execution_ids: ids }),
  );
});

it.concurrent('lets each be explained, paused, resumed and cancelled by itself, when its parent has ended', async () => {
  const items = { items: [1, 2], wait: false, steps: [{ id: 'ask', type: 'wait', config: { signal: 'go' } }] };
  const definition = aWorkflow([{ id: 'all', type: 'for_each', config: items }]);
  const parent = await product.api.ended(await started(product.outside.world(), definition, {}));
  const [one, two] = (parent['output'] as { readonly all: readonly [string, string] }).all;
  for (const id of [one, two]) await product.api.until(id, ({ wait_reason }) => wait_reason === 'signal');
  const { json } = await product.api.get(`/executions/${one}/explain`);
  expect(json).toMatchObject({ waits: [{ reason: 'signal', path: 'ask' }] });
  await product.api.post(`/executions/${one}/pause`, {});
  await product.api.until(one, ({ wait_reason }) => wait_reason === 'paused');
  await product.api.post(`/executions/${one}/signals/go`, { payload: 7 });
  await product.api.post(`/executions/${two}/cancel`, {});
  expect(await product.api.ended(two)).toMatchObject({ status: 'CANCELLED' });
  await product.api.post(`/executions/${one}/resume`, {});
  expect(await product.api.ended(one)).toMatchObject({ status: 'COMPLETED', output: { ask: 7 } });
});

it.concurrent('retries one that failed, with what was around it, from where it failed', async () => {
  const world = product.outside.world({ 'POST /ship': [{ status: 500 }, { status: 200 }] });
  const steps = [says('first', '${ input.who } ${ item }'), calls('ship', { ...needs('first'), ...once })];
  const definition = aWorkflow([{ id: 'all', type: 'for_each', config: { items: ['x'], wait: false, steps } }]);
  const parent = await product.api.ended(await started(world, definition, { who: 'Ann' }));
  const [failed] = (parent['output'] as { readonly all: readonly [string] }).all;
  expect(await product.api.ended(failed)).toMatchObject({ status: 'FAILED', error: { step: 'ship' } });
  const { json } = await product.api.post(`/executions/${failed}/retry`, { from: 'failed' });
  expect(await product.api.ended(json.execution_id)).toMatchObject({ status: 'COMPLETED', retry_of: failed });
  const rows = await product.api.all(`/executions/${json.execution_id}/steps`);
  expect(rows.map(({ step_id, status }) => [step_id, status])).toEqual([
    ['first', 'SUCCESS'],
    ['ship', 'SUCCESS'],
  ]);
  expect(rows[0]?.['output']).toBe('Ann x');
});

it.concurrent('starts 1,000 items, lists them, and runs each to its end [WCP-12]', async () => {
  const definition = aWorkflow([
    {
      id: 'all',
      type: 'for_each',
      config: { items: 'range(1000)', wait: false, steps: [says('twice', '${ item * 2 }')] },
    },
  ]);
  const id = await started(product.outside.world(), definition, {});
  const parent = await product.api.ended(id);
  const ids = (parent['output'] as { readonly all: readonly string[] }).all;
  expect(new Set(ids).size).toBe(1_000);
  const children = () => product.api.all(`/executions/${id}/children`);
  await expect
    .poll(async () => (await children()).filter(({ status }) => status === 'COMPLETED').length, { timeout: 20_000 })
    .toBe(1_000);
  expect((await children()).map((row) => row.id).toSorted()).toEqual(ids.toSorted());
  expect(await product.api.ended(ids[999] ?? '')).toMatchObject({ output: { twice: 1_998 } });
});
