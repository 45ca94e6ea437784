import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { signWebhook } from './sign.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

describe('a webhook signature', () => {
  it('is the one that the example of Standard Webhooks has', () => {
    const body = '{"test": 2432232314}';
    const signature = signWebhook({ id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', seconds: 1614265330, body, secrets: [secret] });
    expect(signature).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('of two secrets satisfies the holders of either', () => {
    const other = `whsec_${Buffer.from('another secret of 24 byt').toString('base64')}`;
    const [id, body, seconds] = ['msg_1', '{"ü":1}', Math.floor(Date.now() / 1000)];
    const signature = signWebhook({ id, seconds, body, secrets: [secret, other] });
    const headers = { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': signature };
    for (const known of [secret, other]) expect(new Webhook(known).verify(body, headers)).toEqual({ ü: 1 });
    const key = Buffer.from(other.slice('whsec_'.length), 'base64');
    const mac = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
    expect(signature.split(' ')[1]).toBe(`v1,${mac}`);
    expect(() => new Webhook(secret).verify('{"ü":2}', headers)).toThrow('No matching signature');
  });
});
