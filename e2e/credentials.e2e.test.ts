/** Credentials over HTTP: made, used, changed and deleted; their values go in, and never come out. */
import { expect, it } from 'vitest';
import { createApi } from './api-client.ts';
import { aWorkflow } from './definitions.ts';
import { useProduct } from './product.ts';

const product = useProduct();
const canary = 'canary-7f"3\\é/+ 9';
let made = 0;
const aCredential = (more: object = {}) => {
  made += 1;
  return { name: `KEY_${made}`, type: 'generic', values: { value: canary }, ...more };
};

it('are made, listed, changed and deleted, and no answer holds a value [S079]', async () => {
  const { api } = product;
  const draft = aCredential({ description: 'for tests', allowed_hosts: ['api.example.com'] });
  const created = await api.post('/credentials', draft);
  expect(created.status).toBe(201);
  expect(created.json).toMatchObject({
    name: draft.name,
    type: 'generic',
    fields: ['value'],
    allowed_hosts: ['api.example.com'],
  });
  const path = `/credentials/${created.json.id}`;
  const changed = await api.call('PATCH', path, { values: { value: `${canary}!` }, allowed_hosts: null });
  expect(changed.json).toMatchObject({ name: draft.name, description: 'for tests', allowed_hosts: null });
  const listed = await api.call('GET', '/credentials');
  expect(listed.json.data).toContainEqual(changed.json);
  for (const answer of [created, changed, listed]) expect(JSON.stringify(answer.json)).not.toContain('canary');
  expect((await api.call('DELETE', path)).status).toBe(204);
  expect((await api.call('DELETE', path)).status).toBe(404);
});

it('are refused with a pointer and without their values when they do not fit their type', async () => {
  const cases: readonly (readonly [object, string])[] = [
    [{ values: {} }, '/values/value'],
    [{ values: { value: canary, other: canary } }, '/values/other'],
    [{ values: { value: 'abc' } }, '/values/value'],
    [{ type: 'http_bearer', values: { token: `${canary}\n` } }, '/values/token'],
    [{ type: 'http_header', values: { name: 'Content-Type', value: canary } }, '/values/name'],
    [{ type: 'http_header', values: { name: 'Host', value: canary } }, '/values/name'],
    [{ name: 'no name' }, '/name'],
    [{ allowed_hosts: ['https://example.com'] }, '/allowed_hosts/0'],
  ];
  for (const [wrong, pointer] of cases) {
    const answer = await product.api.post('/credentials', aCredential(wrong));
    expect([400, 422], JSON.stringify(answer.json)).toContain(answer.status);
    expect(answer.json.errors.map((each) => each.pointer)).toContain(pointer);
    expect(JSON.stringify(answer.json)).not.toContain('canary');
  }
});

it('have one name each, and one key makes one, however often it is sent', async () => {
  const { api } = product;
  const draft = aCredential();
  const key = { 'idempotency-key': `key-${draft.name}` };
  const answers = await Promise.all(Array.from({ length: 5 }, () => api.call('POST', '/credentials', draft, key)));
  const ids = new Set(answers.filter(({ status }) => status === 201).map(({ json }) => json.id));
  expect(ids.size).toBe(1);
  const again = await api.call('POST', '/credentials', draft, key);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect([...ids]).toEqual([again.json.id]);
  const other = { ...draft, values: { value: 'another value' } };
  expect((await api.call('POST', '/credentials', other, key)).json.code).toBe('idempotency_key_reused');
  expect((await api.post('/credentials', draft)).json.code).toBe('credential_exists');
  const second = await api.post('/credentials', aCredential());
  const renamed = await api.call('PATCH', `/credentials/${second.json.id}`, { name: draft.name });
  expect(renamed.json.code).toBe('credential_exists');
});

it('belong to a tenant: another sees, uses and changes none of them [S038 S039]', async () => {
  const theirs = createApi({ url: product.server.url, key: await product.server.addTenant() });
  const { id, name } = (await product.api.post('/credentials', aCredential())).json;
  expect((await theirs.call('GET', '/credentials')).json.data).toEqual([]);
  expect((await theirs.call('PATCH', `/credentials/${id}`, { description: '' })).status).toBe(404);
  expect((await theirs.call('DELETE', `/credentials/${id}`)).status).toBe(404);
  expect((await theirs.call('POST', `/credentials/${id}/test`, { url: 'http://127.0.0.1' })).status).toBe(404);
  const world = product.outside.world();
  const workflow = aWorkflow([
    { id: 'call', type: 'http_request', config: { url: `${world.url}/\${secrets.${name}}` } },
  ]);
  await theirs.post('/workflows', workflow);
  const ended = await theirs.post(`/workflows/${workflow.workflow_id}/execute?wait=20s`);
  expect(ended.json).toMatchObject({ status: 'FAILED', error: { code: 'credential_unknown' } });
  expect(world.calls).toEqual([]);
});

it('that do not exist are warned of when a workflow is saved, with what was probably meant', async () => {
  const { api } = product;
  const { name } = (await api.post('/credentials', aCredential({ name: 'STRIPE_KEY' }))).json;
  const workflow = aWorkflow([
    { id: 'a', type: 'http_request', config: { url: 'https://example.com', credential: 'STRIPE_KEI' } },
    { id: 'b', type: 'http_request', config: { url: `https://example.com/\${secrets.${name}}` } },
  ]);
  const validated = (await api.post('/workflows/validate', workflow)).json;
  expect(validated).toMatchObject({ valid: true });
  expect(validated['warnings']).toContainEqual({
    code: 'unknown_credential',
    pointer: '/steps/0/config/credential',
    message: expect.stringContaining('STRIPE_KEI'),
    suggestion: 'STRIPE_KEY',
  });
  expect(JSON.stringify(validated['warnings'])).not.toContain('/steps/1');
});

it('of HTTP are tried with one request, which tells nothing but the status [S079]', async () => {
  const world = product.outside.world({
    'GET /in': [{ body: { echo: 'canary-answer' } }],
    'GET /out': [{ status: 401 }],
  });
  const { api } = product;
  const bearer = aCredential({ type: 'http_bearer', values: { token: 'canary-token' }, allowed_hosts: ['127.0.0.1'] });
  const { id } = (await api.post('/credentials', bearer)).json;
  const tried = (path: string) => api.post(`/credentials/${id}/test`, { url: `${world.url}${path}` });
  expect((await tried('/in')).json).toEqual({ ok: true, status: 200, error: null });
  expect((await tried('/out')).json).toEqual({ ok: false, status: 401, error: null });
  expect(world.calls[0]?.headers.authorization).toBe('Bearer canary-token');
  const elsewhere = (await api.post(`/credentials/${id}/test`, { url: 'http://example.com' })).json;
  expect(elsewhere).toMatchObject({ ok: false, status: null, error: { code: 'credential_host_denied' } });
  const generic = (await api.post('/credentials', aCredential())).json;
  expect((await api.post(`/credentials/${generic.id}/test`, { url: world.url })).status).toBe(409);
});
