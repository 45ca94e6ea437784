import { fakeContext, type HttpMock, runAction } from '@cloudflow/sdk/testing/index.ts';
import { describe, expect, it } from 'vitest';
import postMessage from './post-message.action.ts';

const url = 'https://prod-1.westeurope.logic.azure.com/workflows/1/triggers/manual/paths/invoke?sig=abc';
const credentials = { hook: { type: 'incoming_webhook', values: { url } } };
const accepted = { status: 202 };

async function post(more: object, answer?: HttpMock) {
  const config = { credential: 'hook', ...more };
  const context = fakeContext({ config, credentials, http: answer === undefined ? [] : [answer] });
  const outcome = await runAction(postMessage, context).catch((error: unknown) => error);
  const [request] = context.requests;
  return { outcome, request, body: request === undefined ? undefined : JSON.parse(String(request.body)) };
}

describe('teams.post-message', () => {
  it('makes an adaptive card of a title, a text, facts and a link', async () => {
    const { outcome, request, body } = await post(
      {
        title: 'Deployed',
        text: '**1.4.2**',
        facts: { Region: 'eu', Pods: 3 },
        link: { title: 'Open', url: 'https://a.example' },
      },
      accepted,
    );
    expect(outcome).toEqual({ status: 202 });
    expect(request).toMatchObject({ method: 'POST', url });
    expect(body.type).toBe('message');
    expect(body.attachments).toHaveLength(1);
    expect(body.attachments[0]).toMatchObject({
      contentType: 'application/vnd.microsoft.card.adaptive',
      content: {
        type: 'AdaptiveCard',
        version: '1.4',
        body: [
          { type: 'TextBlock', text: 'Deployed', weight: 'Bolder' },
          { type: 'TextBlock', text: '**1.4.2**', wrap: true },
          {
            type: 'FactSet',
            facts: [
              { title: 'Region', value: 'eu' },
              { title: 'Pods', value: '3' },
            ],
          },
        ],
        actions: [{ type: 'Action.OpenUrl', title: 'Open', url: 'https://a.example' }],
      },
    });
  });

  it('sends a card as it is given', async () => {
    const card = { type: 'AdaptiveCard', version: '1.5', body: [{ type: 'TextBlock', text: 'x' }] };
    expect((await post({ card }, accepted)).body.attachments[0].content).toEqual(card);
  });

  it('refuses what Teams would accept and then lose', async () => {
    const large = await post({ card: { body: 'x'.repeat(28 * 1024) } });
    expect(large).toMatchObject({
      request: undefined,
      outcome: { code: 'config_invalid', details: { pointer: '/card' } },
    });
    const { outcome } = await post({ title: 'x' });
    expect(outcome).toMatchObject({ code: 'config_invalid', details: { pointer: '/text' } });
  });

  it.each([
    [
      401,
      { error: { code: 'DirectApiAuthorizationRequired', message: 'The request must be authenticated.' } },
      'ActionError',
    ],
    [400, { error: { code: 'TriggerInputSchemaMismatch', message: 'Invalid type.' } }, 'ActionError'],
    [404, { error: { code: 'WorkflowNotFound', message: 'The workflow could not be found.' } }, 'ActionError'],
    [429, { error: { code: 'TooManyRequests', message: 'Rate limit is exceeded.' } }, 'RetryableError'],
    [502, {}, 'RetryableError'],
  ])('takes %i %j as a %s, without the address of the webhook', async (status, json, name) => {
    const { outcome } = await post({ text: 'x' }, { status, json, headers: { 'retry-after': '7' } });
    expect(outcome).toMatchObject({ name, code: 'provider_refused', details: { status } });
    expect((outcome as { afterMs?: number }).afterMs).toBe(name === 'RetryableError' ? 7_000 : undefined);
    expect(JSON.stringify(outcome) + String(outcome)).not.toContain('sig=');
  });
});
