/** Workflows that call workflows, over the public API. */
import { expect, it } from 'vitest';
import type { Row } from './api-client.ts';
import { at, aWorkflow, calls, type Definition, naps, needs, once, type Step, says } from './definitions.ts';
import type { World } from './outside-world.ts';
import { useProduct } from './product.ts';

const product = useProduct();

const starts = (
  id: string,
  { workflow_id }: Pick<Definition, 'workflow_id'>,
  config: object = {},
  more: object = {},
): Step => ({
  id,
  type: 'sub_workflow',
  config: { workflow_id, ...config },
  ...more,
});

async function published(world: World, definition: Definition): Promise<Definition> {
  const answer = await product.api.post('/workflows', at(world.url, definition));
  expect(answer, JSON.stringify(answer.json)).toMatchObject({ status: 201 });
  return definition;
}

async function started(world: World, definition: Definition, input: object = {}): Promise<string> {
  await published(world, definition);
  const answer = await product.api.post(`/workflows/${definition.workflow_id}/execute`, { input });
  return answer.json.execution_id;
}

const childrenOf = (id: string): Promise<readonly Row[]> => product.api.all(`/executions/${id}/children`);

it.concurrent('hands input down and output up, through more than one level, and shows who called whom [E6]', async () => {
  const world = product.outside.world();
  const inner = await published(
    world,
    aWorkflow([says('sum', '${ input.a + input.b }')], { output: '${ steps.sum.output }' }),
  );
  const middle = await published(
    world,
    aWorkflow([starts('add', inner, { input: { a: '${ input.a }', b: 10 } })], { output: '${ steps.add.output * 2 }' }),
  );
  const top = await started(world, aWorkflow([starts('run', middle, { input: { a: '${ input.a }' } })]), { a: 1 });
  expect(await product.api.ended(top)).toMatchObject({
    status: 'COMPLETED',
    output: { run: 22 },
    parent: null,
    root: top,
  });
  const [child] = await childrenOf(top);
  const [grandchild] = await childrenOf(String(child?.id));
  expect(child).toMatchObject({ workflow_id: middle.workflow_id, parent: top, root: top, status: 'COMPLETED' });
  expect(grandchild).toMatchObject({ workflow_id: inner.workflow_id, parent: child?.id, root: top });
  const { json } = await product.api.get(`/executions/${grandchild?.id}`);
  expect(json['trigger']).toMatchObject({ type: 'sub_workflow', execution_id: child?.id, step: 'run/add', depth: 2 });
  const events = await product.api.all(`/executions/${top}/events`);
  expect(events).toContainEqual(
    expect.objectContaining({
      type: 'child_started',
      step_id: 'run',
      child_execution_id: child?.id,
      child_version: '1.0.0',
    }),
  );
});

it.concurrent('computes by calling itself, and ends with `depth_limit` where that has no end [E6]', async () => {
  const world = product.outside.world();
  const named = aWorkflow([]);
  const smaller = starts('smaller', named, { input: { n: '${ input.n - 1 }' } });
  const times = says('times', '${ input.n * steps.smaller.output }', needs('smaller'));
  const choose = {
    id: 'choose',
    type: 'switch',
    config: { cases: [{ when: 'input.n > 1', steps: [smaller, times] }], default: { steps: [says('one', 1)] } },
  };
  const computed = { ...named, steps: [choose], output: '${ steps.choose.output }' };
  expect(await product.api.ended(await started(world, computed, { n: 6 }))).toMatchObject({
    status: 'COMPLETED',
    output: 720,
  });
  const endless = aWorkflow([]);
  const failed = await product.api.ended(await started(world, { ...endless, steps: [starts('again', endless)] }));
  let error = failed['error'] as Deep;
  for (; error.details?.error; error = error.details.error) expect(error.code).toBe('child_failed');
  expect(error.code).toBe('depth_limit');
});

type Deep = { readonly code: string; readonly details?: { readonly error?: Deep } };

it.concurrent('fails with the child, names it, and can go on all the same [E6]', async () => {
  const world = product.outside.world({ 'POST /pay': [{ status: 402 }] });
  const child = await published(world, aWorkflow([calls('pay', once)]));
  const failed = await product.api.ended(await started(world, aWorkflow([starts('run', child)])));
  const [row] = await childrenOf(failed.id);
  expect(failed).toMatchObject({
    status: 'FAILED',
    error: {
      code: 'child_failed',
      step: 'run',
      details: { execution_id: row?.id, status: 'FAILED', error: { code: 'http_status', step: 'pay' } },
    },
  });
  const goesOn = aWorkflow([
    starts('run', child, {}, { on_error: 'continue' }),
    says('why', '${ steps.run.error.details.error.step }', needs('run')),
  ]);
  const completed = await product.api.ended(await started(world, goesOn));
  expect(completed).toMatchObject({ status: 'COMPLETED', output: { why: 'pay' } });
});

it.concurrent('refuses an input that does not fit the child, with the place [E1 E6]', async () => {
  const world = product.outside.world();
  const input_schema = { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } };
  const child = await published(world, aWorkflow([], { input_schema }));
  const failed = await product.api.ended(
    await started(world, aWorkflow([starts('run', child, { input: { n: 'x' } })])),
  );
  expect(failed).toMatchObject({
    error: { code: 'input_invalid', step: 'run', details: { problems: [{ pointer: '/n', code: 'wrong_type' }] } },
  });
  expect(await childrenOf(failed.id)).toEqual([]);
});

it.concurrent('cancels its child, whose last steps run before its own [E25 F82]', async () => {
  const world = product.outside.world();
  const undone = calls('book', {
    compensate: { type: 'http_request', config: { url: 'STUB/unbook', method: 'POST' } },
  });
  const child = await published(
    world,
    aWorkflow([undone, naps('nap', '1h', needs('book'))], { on_cancel: [calls('child-last')] }),
  );
  const id = await started(world, aWorkflow([starts('run', child)], { on_cancel: [calls('parent-last')] }));
  await product.api.until(id, ({ wait_reason }) => wait_reason === 'child');
  const [row] = await childrenOf(id);
  await product.api.until(String(row?.id), ({ wait_reason }) => wait_reason === 'delay');
  await product.api.post(`/executions/${id}/cancel`, {});
  expect(await product.api.ended(id)).toMatchObject({ status: 'CANCELLED' });
  expect((await childrenOf(id)).map(({ status }) => status)).toEqual(['CANCELLED']);
  expect(world.calls.map(({ name }) => name)).toEqual([
    'POST /book',
    'POST /unbook',
    'POST /child-last',
    'POST /parent-last',
  ]);
});

it.concurrent('runs 200 children of one for_each, lists them page by page, and each effect has a key of its own [E5 E6]', async () => {
  const world = product.outside.world();
  const child = await published(
    world,
    aWorkflow([calls('ping'), says('end', '${ input.n * 2 }', needs('ping'))], { output: '${ steps.end.output }' }),
  );
  const each = {
    id: 'each',
    type: 'for_each',
    config: { items: 'range(200)', concurrency: 200, steps: [starts('run', child, { input: { n: '${ item }' } })] },
  };
  const id = await started(world, aWorkflow([each]));
  const output = Array.from({ length: 200 }, (_, n) => n * 2);
  expect(await product.api.ended(id)).toMatchObject({ status: 'COMPLETED', output: { each: output } });
  const rows = await product.api.all(`/executions/${id}/children`, 70);
  expect(new Set(rows.map((row) => row.id)).size).toBe(200);
  expect(rows.map((row) => row.id)).toEqual(
    rows
      .map((row) => row.id)
      .toSorted()
      .reverse(),
  );
  expect(new Set(world.calls.map(({ headers }) => headers['idempotency-key'])).size).toBe(200);
});

it.concurrent('goes on at once where it does not wait, and its end does not end the child', async () => {
  const world = product.outside.world();
  const child = await published(world, aWorkflow([naps('nap', 300), says('end', 1, needs('nap'))]));
  const done = await product.api.ended(await started(world, aWorkflow([starts('run', child, { wait: false })])));
  const { execution_id } = (done['output'] as { run: { execution_id: string } }).run;
  expect(await product.api.ended(execution_id)).toMatchObject({ status: 'COMPLETED', parent: done.id });
});

it.concurrent('answers 404 for the children of an execution that does not exist', async () => {
  expect(await product.api.get('/executions/01900000-0000-7000-8000-000000000000/children')).toMatchObject({
    status: 404,
  });
});
