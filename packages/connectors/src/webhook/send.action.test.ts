import { createHmac } from 'node:crypto';
import { fakeContext, type HttpMock, runAction } from '@cloudflow/sdk/testing/index.ts';
import { describe, expect, it } from 'vitest';
import send from './send.action.ts';

const secret = `whsec_${Buffer.from('one secret of 24 bytes !').toString('base64')}`;
const previous = `whsec_${Buffer.from('and the one before it  !').toString('base64')}`;
const credentials = {
  signing: { type: 'webhook_secret', values: { secret, previous_secret: previous } },
  token: { type: 'http_bearer', values: { token: 't0ken' } },
};
const url = 'https://shop.example/hooks';

async function sendTo(more: object, answer: HttpMock, attempt = 1) {
  const config = { url, payload: { type: 'order.paid', data: { id: 7 } }, ...more };
  const context = fakeContext({ config, credentials, attempt, http: [answer] });
  const outcome = await runAction(send, context).catch((error: unknown) => error);
  return { outcome, request: context.requests[0], headers: { ...context.requests[0]?.headers } };
}

describe('send_webhook', () => {
  it('signs for the holders of the secret and of the one before it', async () => {
    const { outcome, request, headers } = await sendTo({ secret: 'signing' }, { status: 204 });
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${request?.body}`;
    const expected = [secret, previous].map((known) => {
      const key = Buffer.from(known.slice('whsec_'.length), 'base64');
      return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
    });
    expect(headers['webhook-signature']).toBe(expected.join(' '));
    expect(JSON.parse(String(request?.body))).toEqual({ type: 'order.paid', data: { id: 7 } });
    expect(outcome).toEqual({ webhook_id: headers['webhook-id'], status: 204 });
  });

  it('has one webhook-id for all tries, without a full stop, and a time of each', async () => {
    const [first, second] = [await sendTo({}, {}), await sendTo({}, {}, 2)];
    expect(first.headers['webhook-id']).toMatch(/^msg_[0-9a-f]{32}$/);
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
    expect(Math.abs(Number(first.headers['webhook-timestamp']) * 1000 - Date.now())).toBeLessThan(10_000);
    expect(first.headers).not.toHaveProperty('webhook-signature');
  });

  it('sends headers and a credential besides, and lets nobody set its own', async () => {
    const more = { headers: { 'X-Shop': '1', 'Webhook-Id': 'mine' }, credential: 'token' };
    const { request, headers } = await sendTo(more, {});
    expect(headers).toMatchObject({ 'x-shop': '1', 'webhook-id': expect.stringMatching(/^msg_/) });
    expect(headers).not.toHaveProperty('Webhook-Id');
    expect(request?.credential).toBe('token');
  });

  it.each([
    [302, 'ActionError'],
    [400, 'ActionError'],
    [410, 'ActionError'],
    [429, 'RetryableError'],
    [503, 'RetryableError'],
  ])('takes %i as a %s', async (status, name) => {
    const { outcome } = await sendTo({}, { status, body: 'no', headers: { 'retry-after': '9' } });
    expect(outcome).toMatchObject({ name, code: 'provider_refused', details: { status, excerpt: 'no' } });
  });

  it('signs with no credential of another type', async () => {
    const { outcome, request } = await sendTo({ secret: 'token' }, {});
    expect(outcome).toMatchObject({ code: 'credential_unusable' });
    expect(request).toBeUndefined();
  });
});
