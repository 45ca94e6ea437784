/** A person retries an execution that has ended. */
import { describe, expect, it } from 'vitest';
import { at, aWorkflow, calls, type Definition, needs, once } from './definitions.ts';
import type { Script, World } from './outside-world.ts';
import { useProduct } from './product.ts';

const product = useProduct();
const down = { status: 500 };
const fine = { body: { ok: true } };

type Ended = { readonly id: string; readonly world: World; readonly definition: Definition };

/** Publishes the workflow and runs it once, to its end. */
async function ran(definition: Definition, script: Script = {}, input: unknown = {}): Promise<Ended> {
  const world = product.outside.world(script);
  await publish(definition, world);
  const { json } = await product.api.post(`/workflows/${definition.workflow_id}/execute`, { input });
  await product.api.ended(json.execution_id);
  return { id: json.execution_id, world, definition };
}

async function publish(definition: Definition, { url }: World): Promise<void> {
  expect(await product.api.post('/workflows', at(url, definition))).toMatchObject({ status: 201 });
}

const names = ({ calls: all }: World, from = 0): string[] =>
  all.slice(from).map(({ name }) => name.replace('POST /', ''));

const three = (more: object = {}): Definition =>
  aWorkflow([calls('a', once), calls('b', { ...needs('a'), ...once }), calls('c', { ...needs('b'), ...once })], more);

/** What the preview says runs, and what has run by the end of the retry. */
async function retried({ id, world }: Ended, body: object) {
  const before = world.calls.length;
  const preview = await product.api.post(`/executions/${id}/retry?dry_run=true`, body);
  expect(preview.status).toBe(200);
  expect(world.calls).toHaveLength(before);
  const { status, json, headers } = await product.api.post(`/executions/${id}/retry`, body);
  expect(status).toBe(202);
  expect(headers.get('location')).toBe(`/api/v1/executions/${json.execution_id}`);
  const ended = await product.api.ended(json.execution_id);
  const planned = (preview.json['runs'] as { step_id: string }[]).map(({ step_id }) => step_id);
  return { ended, planned, preview: preview.json, ran: names(world, before) };
}

describe('a retry', () => {
  it.each([
    ['failed', 'same', false, ['b', 'c']],
    ['failed', 'same', true, ['b', 'c']],
    ['failed', 'latest', false, ['b', 'c', 'd']],
    ['failed', 'latest', true, ['b', 'c', 'd']],
    ['a', 'same', false, ['a', 'b', 'c']],
    ['a', 'same', true, ['a', 'b', 'c']],
    ['a', 'latest', false, ['a', 'b', 'c', 'd']],
    ['a', 'latest', true, ['a', 'b', 'c', 'd']],
    ['start', 'same', false, ['a', 'b', 'c']],
    ['start', 'same', true, ['a', 'b', 'c']],
    ['start', 'latest', false, ['a', 'b', 'c', 'd']],
    ['start', 'latest', true, ['a', 'b', 'c', 'd']],
  ])(
    'from %s on the %s version, input edited: %s, runs exactly what its preview lists [F84]',
    async (from, version, edited, expected) => {
      const first = await ran(three(), { 'POST /b': [down, fine] }, { n: 1 });
      const { steps } = first.definition as unknown as { steps: object[] };
      await publish({ ...first.definition, version: '2.0.0', steps: [...steps, calls('d', needs('c'))] }, first.world);
      const done = await retried(first, { from, version, ...(edited ? { input: { n: 2 } } : {}) });
      expect({ planned: done.planned, ran: done.ran }).toEqual({ planned: expected, ran: expected });
      expect(done.ended).toMatchObject({
        status: 'COMPLETED',
        retry_of: first.id,
        root: first.id,
        version: version === 'latest' ? '2.0.0' : '1.0.0',
        input: { n: edited ? 2 : 1 },
      });
      const rows = await product.api.all(`/executions/${done.ended.id}/steps`);
      expect(rows.filter(({ adopted }) => adopted).map(({ step_id }) => step_id)).toEqual(
        from === 'failed' ? ['a'] : [],
      );
    },
  );

  it('keeps the items of a for_each that succeeded, and sends new keys for the others', async () => {
    const each = {
      id: 'each',
      type: 'for_each',
      config: {
        items: [0, 1, 2],
        on_item_error: 'fail_fast',
        concurrency: 3,
        steps: [{ ...calls('call', once), config: { url: 'STUB/call-${ index }', method: 'POST' } }],
      },
    };
    const slow = { ...down, delayMs: 300 };
    const first = await ran(aWorkflow([each]), { 'POST /call-1': [slow, fine] });
    const { ran: again, ended, preview } = await retried(first, { from: 'failed' });
    expect(again).toEqual(['call-1']);
    expect(preview['adopted']).toEqual(['each.0.call', 'each.2.call']);
    expect(ended).toMatchObject({ status: 'COMPLETED' });
    const keys = first.world.calls
      .filter(({ name }) => name === 'POST /call-1')
      .map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual([`${first.id}/each.1.call/0/0`, `${first.id}/each.1.call/0/1`]);
  });

  it('keeps the keys when that is asked for; each retry has its own otherwise, however many come at once', async () => {
    const first = await ran(three(), { 'POST /b': [down, fine] });
    await retried(first, { from: 'failed', keep_effect_keys: true });
    const both = await Promise.all(
      [1, 2].map(() => product.api.post(`/executions/${first.id}/retry`, { from: 'failed' })),
    );
    for (const { json } of both) await product.api.ended(json.execution_id);
    const keys = first.world.calls
      .filter(({ name }) => name === 'POST /b')
      .map(({ headers }) => headers['idempotency-key']);
    expect(keys.slice(0, 2)).toEqual([`${first.id}/b/0/0`, `${first.id}/b/0/0`]);
    expect(keys.slice(2).sort()).toEqual([`${first.id}/b/0/1`, `${first.id}/b/0/2`]);
  });

  it('asked for twice under one key is one retry, and another under another key [F84]', async () => {
    const first = await ran(three(), { 'POST /b': [down, fine] });
    const ask = (key: string, from = 'failed') =>
      product.api.post(`/executions/${first.id}/retry`, { from }, { 'idempotency-key': key });
    const [one, same] = await Promise.all([ask(`${first.id}-1`), ask(`${first.id}-1`)]);
    expect(same?.json.execution_id).toBe(one?.json.execution_id);
    expect((await ask(`${first.id}-2`)).json.execution_id).not.toBe(one?.json.execution_id);
    expect(await ask(`${first.id}-1`, 'start')).toMatchObject({
      status: 422,
      json: { code: 'idempotency_key_reused' },
    });
  });

  it('warns of effects that are done again, of another input and another version, and of an earlier retry', async () => {
    const first = await ran(three(), { 'POST /b': [down, fine] });
    const asked = { from: 'a', input: { n: 2 } };
    const { preview } = await retried(first, asked);
    expect(preview['warnings']).toMatchObject([{ code: 'effect_repeats', path: 'a' }]);
    const later = await product.api.post(`/executions/${first.id}/retry?dry_run=true`, { from: 'failed', input: {} });
    expect((later.json['warnings'] as { code: string }[]).map(({ code }) => code)).toEqual([
      'retried_before',
      'input_edited',
    ]);
  });

  it('is refused while the execution runs, where nothing failed, and where there is no such step', async () => {
    const good = await ran(three());
    const path = `/executions/${good.id}/retry`;
    expect(await product.api.post(path, { from: 'failed' })).toMatchObject({
      status: 409,
      json: { code: 'nothing_failed' },
    });
    expect(await product.api.post(path, { from: 'bb' })).toMatchObject({
      status: 422,
      json: { code: 'unknown_step', errors: [{ pointer: '/from', suggestion: 'b' }] },
    });
    const waits = aWorkflow([{ id: 'w', type: 'wait', config: { signal: 'go' } }]);
    await publish(waits, good.world);
    const { json } = await product.api.post(`/workflows/${waits.workflow_id}/execute`, {});
    expect(await product.api.post(`/executions/${json.execution_id}/retry`, { from: 'start' })).toMatchObject({
      status: 409,
      json: { code: 'execution_running' },
    });
    expect(
      await product.api.post('/executions/01900000-0000-7000-8000-000000000000/retry', { from: 'start' }),
    ).toMatchObject({ status: 404 });
  });

  it('is refused when what it would adopt was undone, unless it is forced', async () => {
    const undo = { compensate: { type: 'http_request', config: { url: 'STUB/undo', method: 'POST' } } };
    const saga = aWorkflow([calls('a', { ...once, ...undo }), calls('b', { ...needs('a'), ...once })]);
    const first = await ran(saga, { 'POST /b': [down, fine] });
    expect(names(first.world)).toEqual(['a', 'b', 'undo']);
    const path = `/executions/${first.id}/retry`;
    expect(await product.api.post(path, { from: 'failed' })).toMatchObject({
      status: 409,
      json: { code: 'already_compensated' },
    });
    expect((await retried(first, { from: 'failed', force: true })).ran).toEqual(['b']);
    expect((await retried(first, { from: 'a' })).ran).toEqual(['a', 'b']);
  });
});
