/** Starting many executions with one request. */
import { describe, expect, it } from 'vitest';
import { aWorkflow, type Definition, says } from './definitions.ts';
import { useProduct } from './product.ts';

const product = useProduct();

async function saved(definition: Definition): Promise<string> {
  expect(await product.api.post('/workflows', definition)).toMatchObject({ status: 201 });
  return `/workflows/${definition.workflow_id}/execute/batch`;
}

const schema = { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } };
const counted = () =>
  aWorkflow([says('same', '${ input.n }')], { input_schema: schema, output: '${ steps.same.output }' });

async function outputOf(id: string): Promise<unknown> {
  const ended = async () => {
    const { json } = await product.api.get(`/executions/${id}`);
    return json.status === 'COMPLETED' ? { output: json.output } : undefined;
  };
  await expect.poll(ended).toBeDefined();
  return (await ended())?.output;
}

describe('a batch', () => {
  it('starts all of its items, and answers with their ids in order [G16]', async () => {
    const path = await saved(counted());
    const items = Array.from({ length: 1_000 }, (_, n) => ({ input: { n }, labels: { n: String(n) } }));
    const { status, json } = await product.api.post(path, { items });
    expect(status).toBe(202);
    expect(new Set(json.execution_ids).size).toBe(1_000);
    for (const n of [0, 499, 999]) expect(await outputOf(json.execution_ids[n] ?? '')).toBe(n);
    expect((await product.api.get(`/executions/${json.execution_ids[7]}`)).json.labels).toEqual({ n: '7' });
  });

  it('with one input that does not fit starts nothing, and names the place [E1]', async () => {
    const definition = counted();
    const path = await saved(definition);
    const { status, json } = await product.api.post(path, { items: [{ input: { n: 1 } }, { input: { n: 'x' } }] });
    expect({ status, json }).toMatchObject({
      status: 422,
      json: { code: 'input_invalid', errors: [{ pointer: '/items/1/input/n' }] },
    });
    expect((await product.api.get(`/executions?workflow_id=${definition.workflow_id}`)).json.data).toEqual([]);
  });

  it('under one Idempotency-Key is repeated with the same ids, and refused with another body [E13]', async () => {
    const path = await saved(counted());
    const items = [{ input: { n: 1 } }, { input: { n: 2 } }];
    const headers = { 'idempotency-key': 'nightly-1' };
    const first = await product.api.post(path, { items }, headers);
    const again = await product.api.post(path, { items }, headers);
    expect(again).toMatchObject({ status: 202, json: first.json });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const longer = await product.api.post(path, { items: [...items, { input: { n: 3 } }] }, headers);
    expect(longer).toMatchObject({ status: 422, json: { code: 'idempotency_key_reused' } });
  });

  it.each([
    ['no items', { items: [] }, '/items'],
    ['too many', { items: Array.from({ length: 1_001 }, () => ({})) }, '/items'],
    ['an unknown field', { items: [{ inputs: {} }] }, '/items/0/inputs'],
    [
      'two items with one key',
      { items: [1, 2].map((n) => ({ input: { n }, idempotency_key: 'k' })) },
      '/items/1/idempotency_key',
    ],
  ])('with %s is refused with a pointer', async (_, body, pointer) => {
    const { status, json } = await product.api.post(await saved(counted()), body);
    expect([400, 422]).toContain(status);
    expect(json.errors[0]).toMatchObject({ pointer });
  });
});
