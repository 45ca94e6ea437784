import { fakeContext, type HttpMock, runAction } from '@cloudflow/sdk/testing/index.ts';
import { describe, expect, it } from 'vitest';
import postMessage from './post-message.action.ts';

const credentials = {
  bot: { type: 'discord', values: { token: 'MTk4' } },
  hook: { type: 'incoming_webhook', values: { url: 'https://discord.com/api/webhooks/1/abc' } },
};
const channel = '290926798999357250';
const message = { id: '334385199974967042', channel_id: channel, content: 'Hi', type: 0 };

async function post(config: Parameters<typeof fakeContext<object>>[0]['config'], answer?: HttpMock, attempt = 1) {
  const given = config as { credential: string };
  const context = fakeContext({ config: given, credentials, attempt, http: answer === undefined ? [] : [answer] });
  const outcome = await runAction(postMessage, context).catch((error: unknown) => error);
  const [request] = context.requests;
  return { outcome, request, body: request === undefined ? undefined : JSON.parse(String(request.body)) };
}

describe('discord.post-message', () => {
  it('posts as a bot, with a nonce that is the same for every try', async () => {
    const first = await post({ credential: 'bot', channel, content: 'Hi' }, { json: message });
    expect(first.outcome).toEqual({ id: message.id, channel });
    expect(first.request).toMatchObject({
      url: `https://discord.com/api/v10/channels/${channel}/messages`,
      credential: 'bot',
    });
    expect(first.body).toMatchObject({ content: 'Hi', enforce_nonce: true, nonce: expect.stringMatching(/^.{25}$/) });
    const second = await post({ credential: 'bot', channel, content: 'Hi' }, { json: message }, 2);
    expect(second.body.nonce).toBe(first.body.nonce);
  });

  it('notifies nobody but whom it is told to, whatever the text holds', async () => {
    const { body } = await post({ credential: 'bot', channel, content: '@everyone' }, { json: message });
    expect(body.allowed_mentions).toEqual({ parse: [] });
    const users = { credential: 'bot', channel, content: '<@1>', mentions: ['users'] };
    expect((await post(users, { json: message })).body.allowed_mentions).toEqual({ parse: ['users'] });
  });

  it('posts through a webhook, waits for the message, and into a thread where one is named', async () => {
    const config = { credential: 'hook', content: 'Hi', username: 'Ops', thread: channel };
    const { outcome, request, body } = await post(config, { json: message });
    expect(outcome).toEqual({ id: message.id, channel });
    expect(request?.url).toBe(`https://discord.com/api/webhooks/1/abc?wait=true&thread_id=${channel}`);
    expect(body).toEqual({ content: 'Hi', username: 'Ops', allowed_mentions: { parse: [] } });
  });

  it('waits as exactly as Discord asks', async () => {
    const limited = {
      status: 429,
      headers: { 'retry-after': '65', 'x-ratelimit-scope': 'user' },
      json: { message: 'You are being rate limited.', retry_after: 64.57, global: false },
    };
    const { outcome } = await post({ credential: 'bot', channel, content: 'Hi' }, limited);
    expect(outcome).toMatchObject({ name: 'RetryableError', afterMs: 64_570, code: 'provider_refused' });
  });

  it.each([
    [403, { message: 'Missing Access', code: 50001 }, 'ActionError'],
    [404, { message: 'Unknown Webhook', code: 10015 }, 'ActionError'],
    [502, {}, 'RetryableError'],
  ])('takes %i %j as a %s', async (status, json, name) => {
    const { outcome } = await post({ credential: 'hook', content: 'Hi' }, { status, json });
    expect(outcome).toMatchObject({ name, code: 'provider_refused', details: { status } });
    expect(JSON.stringify(outcome) + String(outcome)).not.toContain('/webhooks/');
  });

  it('shows which field Discord found wrong', async () => {
    const errors = { embeds: { 0: { title: { _errors: [{ code: 'BASE_TYPE_MAX_LENGTH', message: 'Too long' }] } } } };
    const json = { code: 50035, message: 'Invalid Form Body', errors };
    const { outcome } = await post({ credential: 'bot', channel, embeds: [{ title: 'x' }] }, { status: 400, json });
    expect(outcome).toMatchObject({ name: 'ActionError', details: { error: 50035, errors } });
  });

  it.each([
    [{ credential: 'bot', channel }, '/content'],
    [{ credential: 'bot', content: 'Hi' }, '/channel'],
    [{ credential: 'bot', channel, content: 'Hi', username: 'Ops' }, '/username'],
    [{ credential: 'hook', channel, content: 'Hi' }, '/channel'],
  ])('refuses %j before anything is sent', async (config, pointer) => {
    const { outcome, request } = await post(config);
    expect(outcome).toMatchObject({ code: 'config_invalid', details: { pointer } });
    expect(request).toBeUndefined();
  });
});
