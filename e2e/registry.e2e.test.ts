/** The palette: every type that a step can have, with what a form for it needs. */
import { expect, it } from 'vitest';
import { controlTypeNames } from '../packages/core/src/definition/types/index.ts';
import { useProduct } from './product.ts';

const product = useProduct();
type Entry = { readonly [field: string]: unknown } & { readonly type: string; readonly aliases: readonly string[] };
const list = async (query = '') =>
  (await product.api.get(`/registry/actions${query}`)).json.data as unknown as readonly Entry[];

it('lists every control type of the language, and the actions, in one shape', async () => {
  const all = await list();
  expect(all.map(({ type }) => type)).toEqual(all.map(({ type }) => type).toSorted());
  const controls = await list('?kind=control');
  expect(controls.flatMap(({ type, aliases }) => [type, ...aliases]).toSorted()).toEqual(controlTypeNames.toSorted());
  expect(all.find(({ type }) => type === 'http_request')).toMatchObject({
    ...{ kind: 'action', category: 'network', icon: 'globe', runs_on: 'server' },
    config_schema: { type: 'object', required: expect.arrayContaining(['url']) },
    output_schema: { type: 'object' },
  });
  const shape = (entry: Entry) => Object.keys(entry).toSorted();
  for (const entry of all) expect([entry.type, shape(entry)]).toEqual([entry.type, shape(all[0] as Entry)]);
  expect(all.filter(({ title, icon, category }) => !title || !icon || !category)).toEqual([]);
});

it('filters by kind and category, and refuses other words', async () => {
  expect((await list('?category=wait')).map(({ type }) => type)).toEqual(['wait', 'wait_any']);
  expect(await list('?kind=action&category=flow')).toEqual([]);
  for (const bad of ['?kind=trigger', '?colour=red'])
    expect((await product.api.get(`/registry/actions${bad}`)).status).toBe(400);
});

it('names what is in the published schema of the language where a control type refers to it', async () => {
  const published = await fetch(`${product.server.url}/schemas/workflow/1.0.json`);
  expect(published.headers.get('cache-control')).toContain('public');
  const schema = (await published.json()) as { $id: string; $defs: Record<string, unknown> };
  expect(schema.$id).toBe('/schemas/workflow/1.0.json');
  const references = JSON.stringify(await list('?kind=control')).matchAll(/"\$ref":"([^"]*)"/g);
  const targets = [...new Set([...references].map(([, target]) => target ?? ''))];
  expect(targets.length).toBeGreaterThan(2);
  for (const target of targets) {
    const [document, place] = target.split('#/$defs/');
    expect([document, place, Object.hasOwn(schema.$defs, place ?? '')]).toEqual([schema.$id, place, true]);
  }
});

it('answers for one type, also by another word for it', async () => {
  expect((await product.api.get('/registry/actions/delay')).json).toMatchObject({ type: 'wait', kind: 'control' });
  expect((await product.api.get('/registry/actions/loop')).json).toMatchObject({
    errors: [{ code: 'loop_limit', retryable: 'never' }, { code: 'timeout' }],
  });
  expect((await product.api.get('/registry/actions/nope')).status).toBe(404);
});
