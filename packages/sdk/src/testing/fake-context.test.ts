import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { defineAction } from '../action.ts';
import { ActionError, RetryableError } from '../error.ts';
import { fakeContext } from './fake-context.ts';
import { runAction } from './run-action.ts';

const customers = 'https://crm.example/customers';

const createCustomer = defineAction({
  type: 'crm.create-customer',
  title: 'Create a customer',
  description: 'Creates a customer, once for each idempotency key.',
  version: 1,
  config: Type.Object(
    { name: Type.String(), credential: Type.Optional(Type.String()) },
    { additionalProperties: false },
  ),
  output: Type.Object({ id: Type.Integer() }),
  errors: [{ code: 'network', description: 'No connection.', retryable: 'always' }],
  defaultTimeoutMs: 1_000,
  effect: 'external',
  async run({ config, http, idempotencyKey, log, credential }) {
    const { values } = config.credential === undefined ? { values: {} } : await credential(config.credential);
    const headers = { 'idempotency-key': idempotencyKey, ...values };
    const answer = await http.request({ url: customers, method: 'POST', headers, body: config.name });
    log.info({ status: answer.status }, 'created');
    if (answer.status === 409) throw new ActionError('It is there', { code: 'exists' });
    return JSON.parse(new TextDecoder().decode(answer.body));
  },
});

describe('a fake context', () => {
  it('answers, and keeps what was asked and logged', async () => {
    const context = fakeContext({ config: { name: 'Ada' }, http: [{ status: 201, json: { id: 7 } }] });
    expect(await runAction(createCustomer, context)).toEqual({ id: 7 });
    expect(context.requests).toEqual([
      { url: customers, method: 'POST', headers: { 'idempotency-key': context.idempotencyKey }, body: 'Ada' },
    ]);
    expect(context.logged).toEqual([{ level: 'info', fields: { status: 201 }, message: 'created' }]);
  });

  it('has one idempotency key for all tries', () => {
    const [first, second] = [1, 2].map((attempt) => fakeContext({ config: {}, attempt }));
    expect(second?.attempt).toBe(2);
    expect(second?.idempotencyKey).toBe(first?.idempotencyKey);
  });

  it('gives each answer once, to the first request that it fits', async () => {
    const { http } = fakeContext({
      config: {},
      http: [
        { method: 'POST', json: 1 },
        { url: /\/b$/, json: 2 },
        { url: 'https://a.example', json: 3 },
      ],
    });
    const ask = async (url: string, method = 'GET') =>
      new TextDecoder().decode((await http.request({ url, method })).body);
    expect(await ask('https://a.example/')).toBe('3');
    expect(await ask('https://a.example/b')).toBe('2');
    expect(await ask('https://a.example/b', 'POST')).toBe('1');
    await expect(ask('https://a.example/b')).rejects.toThrow('for which the test has no answer; it has left: none');
  });

  it('fails as the platform does', async () => {
    const ask = (fails: 'network' | 'timeout' | 'egress_denied' | 'response_too_large') =>
      fakeContext({ config: {}, http: [{ fails }] }).http.request({ url: 'https://a.example' });
    await expect(ask('network')).rejects.toBeInstanceOf(RetryableError);
    await expect(ask('timeout')).rejects.toMatchObject({ name: 'RetryableError', code: 'timeout' });
    await expect(ask('egress_denied')).rejects.toMatchObject({ name: 'ActionError', details: { host: 'a.example' } });
    await expect(ask('response_too_large')).rejects.toMatchObject({ code: 'response_too_large' });
  });

  it('opens the credentials it was given, and refuses others, also those that go with a request', async () => {
    const key = { type: 'http_header', values: { 'x-key': 'k' } };
    const config = { name: 'Ada', credential: 'KEY' };
    const context = fakeContext({ config, credentials: { KEY: key }, http: [{ json: { id: 7 } }] });
    await runAction(createCustomer, context);
    expect(context.requests[0]?.headers).toMatchObject({ 'x-key': 'k' });

    const unknown = { code: 'credential_unknown', details: { credential: 'toString' } };
    await expect(context.credential('toString')).rejects.toMatchObject(unknown);
    await expect(context.http.request({ url: customers, credential: 'toString' })).rejects.toMatchObject(unknown);
    expect(context.requests).toHaveLength(1);
  });

  it('can be stopped while an answer is awaited', async () => {
    const context = fakeContext({ config: { name: 'Ada' }, http: [{ hangs: true }] });
    const running = runAction(createCustomer, context);
    context.abort();
    await expect(running).rejects.toBe(context.signal.reason);
    await expect(context.http.request({ url: customers })).rejects.toBe(context.signal.reason);
  });
});

describe('a run in a test', () => {
  it('refuses a config that its schema refuses', async () => {
    const config = { name: 'Ada', nmae: 'Ada' };
    await expect(runAction(createCustomer, fakeContext({ config }))).rejects.toThrow(/config .* schema: \/nmae/);
  });

  it('refuses an output that its schema refuses', async () => {
    const context = fakeContext({ config: { name: 'Ada' }, http: [{ json: { id: '7' } }] });
    await expect(runAction(createCustomer, context)).rejects.toThrow(/output .* schema: \/id/);
  });

  it('refuses an error whose code is not declared, and lets those pass that are', async () => {
    const run = (http: object) => runAction(createCustomer, fakeContext({ config: { name: 'Ada' }, http: [http] }));
    await expect(run({ status: 409 })).rejects.toThrow(
      'failed with the code exists, which its declaration does not list',
    );
    await expect(run({ fails: 'network' })).rejects.toMatchObject({ code: 'network' });
  });
});
