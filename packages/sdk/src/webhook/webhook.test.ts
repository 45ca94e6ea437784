import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { signWebhook, verifyWebhook, WebhookError } from './index.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const other = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const at = new Date('2026-01-31T08:00:00Z');
const payload = '{"test": 2432232314}';
const sign = (more: Partial<Parameters<typeof signWebhook>[1]> = {}) =>
  signWebhook(payload, { secret, id: 'msg_1', at, ...more });
const refusal = (code: string) => expect.objectContaining({ name: 'WebhookError', code });

describe('a webhook', () => {
  it('is signed as the specification shows it', async () => {
    const headers = await signWebhook(payload, {
      secret,
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      at: new Date(1_614_265_330_000),
    });
    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('that the reference library signs is accepted here, and the other way round', async () => {
    const reference = new Webhook(secret);
    const now = new Date();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.stringMatching(/^[a-zA-Z0-9_-]{1,40}$/), async (text, id) => {
        const ours = await signWebhook(text, { secret, id, at: now });
        expect(ours['webhook-signature']).toBe(reference.sign(id, now, text));
        reference.verify(text, { ...ours }, { jsonParse: false });
        await verifyWebhook(new TextEncoder().encode(text), ours, secret);
      }),
      { numRuns: 50 },
    );
  });

  it('is accepted with any of the secrets of either side, while one replaces another', async () => {
    const before = await sign({ secret: other });
    const during = await sign({ secret: [other, secret] });
    const verified = { id: 'msg_1', timestamp: at };
    expect(await verifyWebhook(payload, before, [secret, other], { at })).toEqual(verified);
    expect(await verifyWebhook(payload, during, secret, { at })).toEqual(verified);
    expect(await verifyWebhook(payload, during, other, { at })).toEqual(verified);
  });

  it('is read from headers of any form', async () => {
    const headers = await sign();
    const upper = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), [value]]));
    await verifyWebhook(payload, upper, secret, { at });
    await verifyWebhook(payload, new Headers(headers), secret, { at });
  });
});

describe('a webhook is refused', () => {
  it('when its payload, its id or its time is not what was signed', async () => {
    const headers = await sign();
    const wrong = refusal('wrong_signature');
    await expect(verifyWebhook(`${payload} `, headers, secret, { at })).rejects.toEqual(wrong);
    await expect(verifyWebhook(payload, { ...headers, 'webhook-id': 'msg_2' }, secret, { at })).rejects.toEqual(wrong);
    const later = { ...headers, 'webhook-timestamp': String(at.getTime() / 1_000 + 1) };
    await expect(verifyWebhook(payload, later, secret, { at })).rejects.toEqual(wrong);
    await expect(verifyWebhook(payload, headers, other, { at })).rejects.toEqual(wrong);
  });

  it('when it is older or newer than the tolerance', async () => {
    const headers = await sign();
    const after = (seconds: number) => ({ at: new Date(at.getTime() + seconds * 1_000) });
    await verifyWebhook(payload, headers, secret, after(300));
    await verifyWebhook(payload, headers, secret, after(-300));
    for (const seconds of [301, -301])
      await expect(verifyWebhook(payload, headers, secret, after(seconds))).rejects.toEqual(
        refusal('outside_tolerance'),
      );
  });

  it('when a header is missing, or is none', async () => {
    const headers = await sign();
    for (const name of Object.keys(headers))
      await expect(verifyWebhook(payload, { ...headers, [name]: undefined }, secret, { at })).rejects.toEqual(
        refusal('missing_header'),
      );
    const noTime = { ...headers, 'webhook-timestamp': 'yesterday' };
    await expect(verifyWebhook(payload, noTime, secret, { at })).rejects.toEqual(refusal('invalid_header'));
  });

  it('whatever stands in the place of a signature', async () => {
    const headers = await sign();
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.base64String()), async (text) => {
        const forged = { ...headers, 'webhook-signature': `v1,${text}` };
        await expect(verifyWebhook(payload, forged, secret, { at })).rejects.toBeInstanceOf(WebhookError);
      }),
    );
  });
});

describe('a secret', () => {
  it('that is none is the fault of who gives it, not of the webhook', async () => {
    const headers = await sign();
    await expect(verifyWebhook(payload, headers, '', { at })).rejects.toBeInstanceOf(TypeError);
    await expect(sign({ secret: 'whsec_' })).rejects.toBeInstanceOf(TypeError);
    await expect(sign({ secret: [] })).rejects.toBeInstanceOf(TypeError);
    await expect(sign({ id: 'a.b' })).rejects.toBeInstanceOf(TypeError);
  });
});
