import { fakeContext, type HttpMock, runAction } from '@cloudflow/sdk/testing/index.ts';
import { describe, expect, it } from 'vitest';
import postMessage from './post-message.action.ts';
import updateMessage from './update-message.action.ts';

const credentials = {
  bot: { type: 'slack', values: { token: 'xoxb-1' } },
  gov: { type: 'slack', values: { token: 'xoxb-1', base_url: 'https://slack-gov.com/api/' } },
  hook: { type: 'incoming_webhook', values: { url: 'https://hooks.slack.com/services/T0/B0/XX' } },
  other: { type: 'github', values: { token: 'ghp' } },
};
type Config = Parameters<typeof runAction<(typeof postMessage)['config'], (typeof postMessage)['output']>>[1]['config'];

/** Runs it against one answer, as the reference of Slack shows it. */
async function post(config: Config, answer?: HttpMock) {
  const context = fakeContext({ config, credentials, http: answer === undefined ? [] : [answer] });
  const outcome = await runAction(postMessage, context).catch((error: unknown) => error);
  const [request] = context.requests;
  return { outcome, request, body: request === undefined ? undefined : JSON.parse(String(request.body)) };
}
const posted = { ok: true, channel: 'C123ABC456', ts: '1503435956.000247', message: { text: 'x', type: 'message' } };

describe('slack.post-message', () => {
  it('posts as a bot, with the token left to the platform', async () => {
    const { outcome, request, body } = await post(
      { credential: 'bot', channel: 'C1', text: 'Hi', thread_ts: '1503435956.000247', reply_broadcast: true },
      { json: posted },
    );
    expect(outcome).toEqual({ channel: 'C123ABC456', ts: '1503435956.000247' });
    expect(request).toMatchObject({ method: 'POST', url: 'https://slack.com/api/chat.postMessage', credential: 'bot' });
    expect(body).toEqual({ channel: 'C1', text: 'Hi', thread_ts: '1503435956.000247', reply_broadcast: true });
  });

  it('goes where the credential says that Slack is', async () => {
    const { request } = await post({ credential: 'gov', channel: 'C1', text: 'Hi' }, { json: posted });
    expect(request?.url).toBe('https://slack-gov.com/api/chat.postMessage');
  });

  it.each([
    ['channel_not_found', 'ActionError'],
    ['not_in_channel', 'ActionError'],
    ['msg_too_long', 'ActionError'],
    ['ratelimited', 'RetryableError'],
    ['internal_error', 'RetryableError'],
  ])('takes ok: false for what it is: %s is a %s', async (error, name) => {
    const { outcome } = await post({ credential: 'bot', channel: 'C1', text: 'Hi' }, { json: { ok: false, error } });
    expect(outcome).toMatchObject({ name, code: 'provider_refused', details: { status: 200, error } });
  });

  it('names the scope that is missing, and what of the blocks is wrong', async () => {
    const scope = { ok: false, error: 'missing_scope', needed: 'chat:write', provided: 'users:read' };
    const config = { credential: 'bot', channel: 'C1', blocks: [{ type: 'x' }] };
    expect((await post(config, { json: scope })).outcome).toMatchObject({
      message: 'Slack refused chat.postMessage: missing_scope',
      details: { error: 'missing_scope', needed: 'chat:write', provided: 'users:read' },
    });
    const messages = ['[ERROR] must be a valid enum value [json-pointer:/blocks/0/type]'];
    const blocks = { ok: false, error: 'invalid_blocks', response_metadata: { messages } };
    expect((await post(config, { json: blocks })).outcome).toMatchObject({ details: { messages } });
  });

  it('waits as long as Slack asks', async () => {
    const limited = { status: 429, headers: { 'retry-after': '30' }, json: { ok: false, error: 'ratelimited' } };
    const { outcome } = await post({ credential: 'bot', channel: 'C1', text: 'Hi' }, limited);
    expect(outcome).toMatchObject({ name: 'RetryableError', afterMs: 30_000, details: { status: 429 } });
  });

  it('tries again after a page of an outage, and not after an answer that is no JSON', async () => {
    const config = { credential: 'bot', channel: 'C1', text: 'Hi' };
    const down = await post(config, { status: 503, body: '<html>' });
    expect(down.outcome).toMatchObject({ name: 'RetryableError', details: { status: 503, excerpt: '<html>' } });
    const { outcome } = await post(config, { body: '<html>' });
    expect(outcome).toMatchObject({ name: 'ActionError', code: 'response_invalid' });
  });

  it('posts through a webhook, which says nothing of the message', async () => {
    const { outcome, request, body } = await post({ credential: 'hook', text: 'Hi' }, { body: 'ok' });
    expect(outcome).toEqual({ channel: null, ts: null });
    expect(request).toMatchObject({ url: 'https://hooks.slack.com/services/T0/B0/XX' });
    expect(request?.credential).toBeUndefined();
    expect(body).toEqual({ text: 'Hi' });
  });

  it.each([
    [400, 'invalid_payload', 'ActionError'],
    [403, 'action_prohibited', 'ActionError'],
    [404, 'channel_not_found', 'ActionError'],
    [410, 'channel_is_archived', 'ActionError'],
    [500, 'rollup_error', 'RetryableError'],
  ])('takes %i %s of a webhook as a %s, without its address', async (status, error, name) => {
    const { outcome } = await post({ credential: 'hook', text: 'Hi' }, { status, body: error });
    expect(outcome).toMatchObject({ name, code: 'provider_refused', details: { status, error } });
    expect(JSON.stringify(outcome) + String(outcome)).not.toContain('/services/');
  });

  it.each([
    [{ credential: 'bot', channel: 'C1' }, '/text'],
    [{ credential: 'bot', text: 'Hi' }, '/channel'],
    [{ credential: 'hook', channel: 'C1', text: 'Hi' }, '/channel'],
  ])('refuses %j before anything is sent', async (config, pointer) => {
    const { outcome, request } = await post(config);
    expect(outcome).toMatchObject({ code: 'config_invalid', details: { pointer } });
    expect(request).toBeUndefined();
  });

  it('takes no credential of another service', async () => {
    const { outcome, request } = await post({ credential: 'other', channel: 'C1', text: 'Hi' });
    expect(outcome).toMatchObject({ code: 'credential_unusable', details: { credential: 'other' } });
    expect(request).toBeUndefined();
  });
});

describe('slack.update-message', () => {
  const config = { credential: 'bot', channel: 'C1', ts: '1503435956.000247', text: 'Done' };

  it('replaces the message', async () => {
    const context = fakeContext({ config, credentials, http: [{ json: { ok: true, channel: 'C1', ts: config.ts } }] });
    expect(await runAction(updateMessage, context)).toEqual({ channel: 'C1', ts: config.ts });
    const [request] = context.requests;
    expect(request).toMatchObject({ url: 'https://slack.com/api/chat.update', credential: 'bot' });
    expect(JSON.parse(String(request?.body))).toEqual({ channel: 'C1', ts: config.ts, text: 'Done' });
  });

  it('fails where the message is not one of the bot', async () => {
    const context = fakeContext({ config, credentials, http: [{ json: { ok: false, error: 'cant_update_message' } }] });
    await expect(runAction(updateMessage, context)).rejects.toMatchObject({
      name: 'ActionError',
      details: { error: 'cant_update_message' },
    });
  });
});
