/** An expression is tried on values, and on what an execution has. */
import { expect, it } from 'vitest';
import { createApi } from './api-client.ts';
import { aWorkflow, needs, says, waits } from './definitions.ts';
import { useProduct } from './product.ts';

const product = useProduct();
const evaluate = (expression: string, more: object = {}) =>
  product.api.post('/expressions/evaluate', { expression, ...more });
const started = async (definition: { readonly workflow_id: string }, input: object = {}) => {
  await product.api.post('/workflows', definition);
  return (await product.api.post(`/workflows/${definition.workflow_id}/execute`, { input })).json.execution_id;
};

const order = { input: { items: [{ price: 4 }, { price: 12 }], name: 'Ada', 'odd-key': null } };

it.each([
  ['input.items.filter(i, i.price > 10).size()', 1, 'number'],
  ['Hello ${ input.name }, $${ and ${ 1 + 1 }', 'Hello Ada, ${ and 2', 'string'],
  ['${ input.items }', order.input.items, 'list'],
  ['input["odd-key"]', null, 'null'],
  ['duration("90m")', '5400s', 'duration'],
  ['timestamp("2026-01-31T08:00:00Z")', '2026-01-31T08:00:00.000Z', 'timestamp'],
  ['Bearer ${ secrets.SHOP_KEY }', 'Bearer ***', 'string'],
  ['now() > timestamp("2020-01-01T00:00:00Z") && uuid() != uuid()', true, 'bool'],
])('%s is evaluated on the values that come with it', async (expression, value, type) => {
  expect(await evaluate(expression, { context: order })).toMatchObject({ status: 200, json: { value, type } });
});

it.each([
  ['input.nmae.', 'expression_syntax', { position: 11 }],
  ['inptu.name', 'unknown_name', { position: 0, suggestion: 'input' }],
  ['Dear ${ input.name.upperAscci() }', 'unknown_function', { position: 19, suggestion: 'upperAscii' }],
  ['1 + true', 'expression_type', {}],
  ['input.nmae', 'expression_error', {}],
  ['secrets.SHOP_KEY.size()', 'expression_type', {}],
  ['range(1000).map(a, range(1000).map(b, a * b).size())', 'expression_too_expensive', {}],
  ['__proto__.polluted', 'unknown_name', {}],
])('%s is refused as %s', async (expression, code, more) => {
  const answer = await evaluate(expression, { context: order });
  expect(answer).toMatchObject({ status: 422, json: { code: 'expression_failed' } });
  const [first] = answer.json['errors'] as object[];
  expect(first).toMatchObject({ pointer: '/expression', code, ...more });
});

it('sees what an execution has at its end, and as far as it is', async () => {
  const definition = aWorkflow(
    [
      says('first', { n: 7 }),
      { id: 'note', type: 'set_variables', config: { seen: '${ steps.first.output.n }' }, ...needs('first') },
      waits('pause', 'go', needs('note')),
      { id: 'group', type: 'block', config: { steps: [says('inner', 1)] }, ...needs('pause') },
    ],
    { variables: { seen: 0 } },
  );
  const execution_id = await started(definition, { who: 'Ada' });
  await product.api.until(execution_id, ({ wait_reason }) => wait_reason === 'signal');
  const seen = async (expression: string) => (await evaluate(expression, { execution_id })).json['value'];
  expect(await seen('${ input.who } ${ vars.seen } ${ steps.first.output.n } ${ steps.pause.status }')).toBe(
    'Ada 7 7 EXECUTING',
  );
  expect(await seen('execution.id')).toBe(execution_id);
  await product.api.post(`/executions/${execution_id}/signals/go`, {});
  await product.api.ended(execution_id);
  expect(await seen('steps.group.output')).toBe(1);
  expect((await evaluate('steps.frist.output', { execution_id })).json).toMatchObject({
    errors: [{ code: 'unknown_step', position: 0, suggestion: 'first' }],
  });
  expect((await evaluate('steps.inner.output', { execution_id })).json).toMatchObject({
    errors: [{ code: 'step_not_ended' }],
  });
});

it('shows nothing that a sensitive step gave, and nothing of another tenant', async () => {
  const definition = aWorkflow([
    says('hidden', { pin: 'canary-4711' }, { sensitive: true }),
    says('taken', '${ steps.hidden.output.pin }', needs('hidden')),
  ]);
  const execution_id = await started(definition);
  await product.api.ended(execution_id);
  for (const expression of ['steps', 'steps.hidden.output', '${ steps.taken.output } ${ json(steps) }']) {
    const answer = await evaluate(expression, { execution_id });
    expect(answer.status).toBe(200);
    expect(JSON.stringify(answer.json)).not.toContain('canary');
    expect(JSON.stringify(answer.json)).toContain('***');
  }
  const { server } = product;
  const theirs = createApi({ url: server.url, key: await server.addTenant() });
  expect((await theirs.post('/expressions/evaluate', { expression: 'input', execution_id })).status).toBe(404);
});

it('takes values or an execution, and not both', async () => {
  const execution_id = await started(aWorkflow([says('a', 1)]));
  expect(await evaluate('1', { context: {}, execution_id })).toMatchObject({
    status: 400,
    json: { code: 'invalid_body', errors: [{ pointer: '/execution_id' }] },
  });
  expect((await evaluate('1 + 1')).json).toEqual({ value: 2, type: 'number' });
});
