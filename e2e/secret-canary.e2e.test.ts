/**
 * Canaries: secrets that are planted, used, echoed and failed with in every way there is, and then looked for in everything that
 * is kept, logged or answered. They are in memory, and at the server that they were sent to.
 */
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../packages/server/testing/server.ts';
import { type Api, createApi } from './api-client.ts';
import { aWorkflow } from './definitions.ts';
import { startOutsideWorld } from './outside-world.ts';

const secret = 'canary-7f3c"\\é/+ 91-end';
const token = 'canary-token-5521-end';
/** Two in the middle of which nothing of the ends is: also a part of one is found. */
const traces = [secret, token].flatMap((each) => {
  const bytes = Buffer.from(each);
  return [
    each.slice(0, 11),
    bytes.toString('hex').slice(0, 22),
    [...each].reverse().join('').slice(0, 8),
    ...[0, 1, 2].map((before) =>
      Buffer.concat([Buffer.alloc(before), bytes])
        .toString('base64')
        .slice(4, 14),
    ),
  ];
});

let server: RunningServer;
let outside: Awaited<ReturnType<typeof startOutsideWorld>>;
let api: Api;
beforeAll(async () => {
  outside = await startOutsideWorld();
  server = await startServer({ env: { CLOUDFLOW_EGRESS_ALLOW: '127.0.0.1', CLOUDFLOW_LOG_LEVEL: 'debug' } });
  api = createApi({ url: server.url, key: server.apiKey });
});
afterAll(async () => {
  await server?.stop();
  await outside?.stop();
});

function expectNoTrace(where: string, text: string): void {
  for (const trace of traces) expect(text.includes(trace), `${where} holds ${trace}`).toBe(false);
}

/** Every row of every table, as text, with what is bytes as hex and, where it is text, as that too. */
async function databaseText(): Promise<string> {
  const client = new pg.Client({ connectionString: server.databaseUrl() });
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
    );
    const texts: string[] = [];
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ text: string }>(`select t::text as text from ${name} t`);
      texts.push(...rows.map(({ text }) => text));
    }
    return texts.join('\n');
  } finally {
    await client.end();
  }
}

it('leave no trace in the database, the log, the answers, the stream or the metrics [S074 S075 S076 S077 S079]', async () => {
  await api.post('/credentials', { name: 'CANARY', type: 'generic', values: { value: secret } });
  await api.post('/credentials', { name: 'TOKEN', type: 'http_bearer', values: { token } });
  await api.post('/credentials', {
    name: 'BASIC',
    type: 'http_basic',
    values: { username: 'ann', password: token },
    allowed_hosts: ['127.0.0.1'],
  });
  const echo = {
    plain: secret,
    base64: Buffer.from(`x${secret}`).toString('base64'),
    url: encodeURIComponent(secret),
    json: JSON.stringify({ secret }),
    reversed: [...secret].reverse().join(''),
    [token]: token,
  };
  const long = `${'x'.repeat(1_010)}${token}`; // cut off within the token
  const world = outside.world({
    'POST /ok': [{ body: echo, headers: { 'x-echo': token } }],
    'GET /refused': [{ status: 400, body: echo }],
    'GET /long': [{ status: 400, body: long }],
    'GET /again': [{ status: 503, body: echo }, { body: echo }],
    'GET /slow': [{ delayMs: 5_000 }],
  });
  const call = (id: string, config: object, more: object = {}) => ({ id, type: 'http_request', config, ...more });
  const used = { headers: { 'x-token': '${secrets.TOKEN}', 'x-enc': '${"Key " + secrets.TOKEN}' } };
  const workflows = [
    aWorkflow([
      { id: 'v', type: 'set_variables', config: { n: 1 } },
      call(
        'ok',
        { url: `${world.url}/ok`, method: 'POST', body: { n: '${vars.n}', s: '${secrets.CANARY}' }, ...used },
        { depends_on: ['v'] },
      ),
      { id: 'after', type: 'transform', depends_on: ['ok'], config: { output: '${steps.ok.output.body}' } },
    ]),
    aWorkflow([call('refused', { url: `${world.url}/refused?key=\${secrets.CANARY}`, credential: 'BASIC', ...used })]),
    aWorkflow([call('long', { url: `${world.url}/long`, credential: 'TOKEN' })]),
    aWorkflow([call('again', { url: `${world.url}/again?key=\${secrets.CANARY}`, retry: { initial: 10 }, ...used })]),
    aWorkflow([call('slow', { url: `${world.url}/slow`, timeout: 200, retry: { max_attempts: 1 }, ...used })]),
    aWorkflow([call('bad', { url: 'not a url ${secrets.CANARY}' })]),
    aWorkflow([call('misfit', { url: 'https://example.com', method: '${secrets.CANARY}' })]),
    aWorkflow([call('gone', { url: 'http://127.0.0.1:1/${secrets.CANARY}', retry: { max_attempts: 1 } })]),
  ];
  const answers: string[] = [];
  const statuses: unknown[] = [];
  for (const workflow of workflows) {
    answers.push(JSON.stringify((await api.post('/workflows', workflow)).json));
    const ended = (await api.post(`/workflows/${workflow.workflow_id}/execute?wait=20s`)).json;
    statuses.push(ended.status);
    const at = `/executions/${ended.id}`;
    const pages = ['', '/steps', '/events', '/explain', '?include=variables'];
    for (const page of pages) answers.push(JSON.stringify((await api.call('GET', at + page)).json));
    const stream = await fetch(`${server.url}/api/v1${at}/events`, {
      headers: { authorization: `Bearer ${server.apiKey}`, accept: 'text/event-stream' },
    });
    answers.push(await stream.text());
    answers.push(JSON.stringify(ended));
  }
  expect(statuses).toEqual(['COMPLETED', 'FAILED', 'FAILED', 'COMPLETED', 'FAILED', 'FAILED', 'FAILED', 'FAILED']);

  const sent = world.calls.find(({ name }) => name === 'POST /ok');
  expect(JSON.parse(sent?.body ?? '')).toEqual({ n: 1, s: secret });
  expect(sent?.headers).toMatchObject({ 'x-token': token, 'x-enc': `Key ${token}` });

  expect(answers.join('\n'), 'what was masked is seen to be').toContain('***');
  expect(answers.join('\n'), 'and where a secret was used').toContain('${secrets.CANARY}');
  expectNoTrace('an answer', answers.join('\n'));
  expectNoTrace('the log', server.output());
  expectNoTrace('the metrics', await (await fetch(`${server.url}/metrics`)).text());
  const database = await databaseText();
  expect(database, 'the dump holds what was run').toContain('${secrets.CANARY');
  expectNoTrace('the database', database);
});

it('that a sensitive step is given and gives leave no trace either, nor do those that take from it [S074 S079]', async () => {
  const world = outside.world({
    'POST /issue': [{ body: { token, n: 1 } }],
    'POST /pay': [{ body: { echo: token } }],
    'GET /refused': [{ status: 400, body: { echo: token } }],
  });
  const call = (id: string, path: string, body: object, more: object = {}) => {
    const [method = '', rest = ''] = path.split(' ');
    return { id, type: 'http_request', config: { url: `${world.url}${rest}`, method, ...body }, ...more };
  };
  const workflow = {
    ...aWorkflow([
      call('issue', 'POST /issue', {}, { sensitive: true }),
      call('pay', 'POST /pay', { body: { token: '${steps.issue.output.body.token}' } }, { depends_on: ['issue'] }),
      { id: 'plain', type: 'transform', depends_on: ['pay'], config: { output: 'paid: ${steps.pay.status}' } },
      call('refused', 'GET /refused', {}, { depends_on: ['plain'], sensitive: true, on_error: 'continue' }),
    ]),
    output: '${steps.pay.output}',
  };
  const saved = await api.post('/workflows', workflow);
  expect(saved.status, JSON.stringify(saved.json)).toBe(201);
  const ended = (await api.post(`/workflows/${workflow.workflow_id}/execute?wait=20s`)).json;
  expect(ended).toMatchObject({ status: 'COMPLETED', output: '***' });
  expect(JSON.parse(world.calls.find(({ name }) => name === 'POST /pay')?.body ?? '')).toEqual({ token });
  const at = `/executions/${ended.id}`;
  const answers = [JSON.stringify(ended)];
  for (const page of ['', '/steps', '/events', '/explain', '?include=variables'])
    answers.push(JSON.stringify((await api.call('GET', at + page)).json));
  const stream = await fetch(`${server.url}/api/v1${at}/events`, {
    headers: { authorization: `Bearer ${server.apiKey}`, accept: 'text/event-stream' },
  });
  answers.push(await stream.text());
  const { data } = (await api.call('GET', `${at}/steps`)).json;
  expect(data).toMatchObject([
    { step_id: 'issue', input: '***', output: '***' },
    { step_id: 'pay', input: '***', output: '***' },
    { step_id: 'plain', output: 'paid: SUCCESS' },
    { step_id: 'refused', status: 'FAILED', error: { code: 'http_status' } },
  ]);
  expectNoTrace('an answer', answers.join('\n'));
  expectNoTrace('the log', server.output());
  expectNoTrace('the database', await databaseText());
});

it('are not adopted by a retry on a version in which the step is not sensitive any more', async () => {
  const steps = (more: object) => [
    { id: 'tell', type: 'transform', config: { output: 'told' }, ...more },
    { id: 'next', type: 'transform', depends_on: ['tell'], config: { output: 1 } },
  ];
  const first = aWorkflow(steps({ sensitive: true }));
  await api.post('/workflows', first);
  const { id } = (await api.post(`/workflows/${first.workflow_id}/execute?wait=20s`)).json;
  await api.post('/workflows', { ...first, version: '2.0.0', steps: steps({}) });
  const latest = await api.post(`/executions/${id}/retry`, { from: 'next', version: 'latest' });
  expect(latest).toMatchObject({ status: 409, json: { detail: expect.stringContaining('Step tell was sensitive') } });
  expect((await api.post(`/executions/${id}/retry`, { from: 'next', version: 'same' })).status).toBe(202);
});
