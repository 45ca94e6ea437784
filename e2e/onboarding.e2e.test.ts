/** The example of the architecture document, on the product as anybody starts it, against a real HTTP service. */
import { expect, it } from 'vitest';
import { useProduct } from './product.ts';

const product = useProduct();

it('saves and runs the onboarding example, having really called the service [D7 D1 D2 D3 D5 G14 G16]', async () => {
  const world = product.outside.world({ 'POST /verify': [{ status: 503 }, { body: { customer: 'c-1' } }] });
  const definition = onboarding(world.url);

  const created = await product.api.post('/workflows', definition);
  expect(created).toMatchObject({
    status: 201,
    json: { workflow_id: 'customer-onboarding-v2', version: '2.1.0', status: 'published' },
  });
  expect(created.json.id).toMatch(/^[0-9a-f-]{36}$/);

  const answer = await product.api.post('/workflows/customer-onboarding-v2/execute?wait=10s', {
    input: { email: 'a@b.example' },
  });
  expect(answer).toMatchObject({
    status: 200,
    json: {
      workflow_id: 'customer-onboarding-v2',
      version: '2.1.0',
      status: 'COMPLETED',
      output: { 'create-account': { account: 'c-1', email: 'a@b.example' } },
      error: null,
    },
  });

  expect(world.calls.map((call) => call.name)).toEqual(['POST /verify', 'POST /verify']);
  const steps = await product.api.all(`/executions/${answer.json.id}/steps`);
  expect(steps).toMatchObject([
    {
      step_id: 'validate-customer',
      path: 'validate-customer',
      type: 'http_request',
      status: 'SUCCESS',
      attempt: 2,
      input: { method: 'POST', url: `${world.url}/verify` },
    },
    { step_id: 'create-account', type: 'transform', status: 'SUCCESS', output: { account: 'c-1' } },
  ]);
});

it('shows the workflow with its definition and the state of its latest execution [G15]', async () => {
  const { json, headers } = await product.api.get('/workflows/customer-onboarding-v2');
  expect(json).toMatchObject({
    workflow_id: 'customer-onboarding-v2',
    version: '2.1.0',
    status: 'published',
    definition: onboarding(expect.any(String) as never),
    latest_execution: { status: 'COMPLETED' },
  });
  expect(headers.get('etag')).toBe(json.etag);
});

it('serves the same workflows under the short path of the architecture document [G18]', async () => {
  const answer = await fetch(`${product.server.url}/workflows/customer-onboarding-v2`, {
    headers: { 'x-api-key': product.server.apiKey },
  });
  expect(answer.status).toBe(200);
});

function onboarding(url: string) {
  return {
    workflow_id: 'customer-onboarding-v2',
    version: '2.1.0',
    steps: [
      {
        id: 'validate-customer',
        type: 'http_request',
        config: {
          url: typeof url === 'string' ? `${url}/verify` : url,
          method: 'POST',
          timeout: 5000,
          retry: { max_attempts: 3, backoff: 'exponential' },
        },
      },
      {
        id: 'create-account',
        type: 'transform',
        config: {
          output: { account: '${ steps["validate-customer"].output.body.customer }', email: '${ input.email }' },
        },
        depends_on: ['validate-customer'],
      },
    ],
  };
}
