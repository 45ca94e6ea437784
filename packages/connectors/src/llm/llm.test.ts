import { fakeContext, type HttpMock, runAction } from '@cloudflow/sdk/testing/index.ts';
import { describe, expect, it } from 'vitest';
import chat from './chat.action.ts';
import embed from './embed.action.ts';

const credentials = {
  key: { type: 'openai', values: { api_key: 'sk-1' } },
  own: { type: 'openai', values: { api_key: 'sk-1', base_url: 'https://llm.corp.example/v1/' } },
  azure: { type: 'http_header', values: { name: 'api-key', value: 'k' } },
};
const usage = {
  prompt_tokens: 19,
  completion_tokens: 10,
  total_tokens: 29,
  prompt_tokens_details: { cached_tokens: 0 },
};
const answer = (message: object, more: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-5.4-mini-2026-03-17',
  choices: [{ index: 0, message: { role: 'assistant', refusal: null, ...message }, finish_reason: 'stop', ...more }],
  usage,
});

async function ask(more: object, http: HttpMock) {
  const config = { credential: 'key', model: 'gpt-5.4-mini', ...more };
  const context = fakeContext({ config, credentials, http: [http] });
  const outcome = await runAction(chat, context).catch((error: unknown) => error);
  const [request] = context.requests;
  return { outcome, request, body: request === undefined ? undefined : JSON.parse(String(request.body)) };
}

describe('llm.chat', () => {
  it('sends a prompt, and gives the text and what it cost', async () => {
    const more = {
      system: 'Be short.',
      prompt: 'Hi',
      temperature: 0,
      max_tokens: 50,
      options: { seed: 7, stream: true },
    };
    const { outcome, request, body } = await ask(more, { json: answer({ content: 'Hello!' }) });
    expect(outcome).toEqual({
      text: 'Hello!',
      json: null,
      tool_calls: [],
      finish_reason: 'stop',
      model: 'gpt-5.4-mini-2026-03-17',
      usage: { input_tokens: 19, output_tokens: 10, total_tokens: 29 },
    });
    expect(request).toMatchObject({ url: 'https://api.openai.com/v1/chat/completions', credential: 'key' });
    expect(body).toEqual({
      model: 'gpt-5.4-mini',
      messages: [
        { role: 'system', content: 'Be short.' },
        { role: 'user', content: 'Hi' },
      ],
      temperature: 0,
      max_completion_tokens: 50,
      seed: 7,
      stream: false,
      n: 1,
    });
  });

  it('speaks to another server, by the credential or by the step, with or without a key', async () => {
    const reply = { json: answer({ content: 'x' }) };
    const own = await ask({ credential: 'own', prompt: 'Hi', max_tokens: 5 }, reply);
    expect(own.request?.url).toBe('https://llm.corp.example/v1/chat/completions');
    expect(own.body).toMatchObject({ max_tokens: 5 });
    const azure = await ask(
      { credential: 'azure', base_url: 'https://a.openai.azure.com/openai/v1', prompt: 'Hi' },
      reply,
    );
    expect(azure.request).toMatchObject({
      url: 'https://a.openai.azure.com/openai/v1/chat/completions',
      credential: 'azure',
    });
    const local = await ask({ credential: undefined, base_url: 'http://localhost:11434/v1', prompt: 'Hi' }, reply);
    expect(local.request).not.toHaveProperty('credential');
  });

  describe('with a schema', () => {
    const schema = {
      type: 'object',
      properties: { sentiment: { enum: ['good', 'bad'] }, score: { type: 'number' } },
      required: ['sentiment', 'score'],
      additionalProperties: false,
    };
    const judged = (content: string, more: object = {}) =>
      ask({ prompt: 'Judge', schema }, { json: answer({ content }, more) });

    it('asks the server for it, and gives what fits', async () => {
      const { outcome, body } = await judged('{"sentiment":"good","score":0.9}');
      expect(outcome).toMatchObject({ json: { sentiment: 'good', score: 0.9 } });
      expect(body.response_format).toEqual({
        type: 'json_schema',
        json_schema: { name: 'answer', schema, strict: true },
      });
    });

    it('tries again when the answer does not fit, or is no JSON', async () => {
      const misfit = await judged('{"sentiment":"fine","score":1}');
      expect(misfit.outcome).toMatchObject({
        name: 'RetryableError',
        code: 'response_invalid',
        details: { problems: [{ pointer: '/sentiment' }] },
      });
      expect((await judged('Well, ...')).outcome).toMatchObject({ name: 'RetryableError', code: 'response_invalid' });
    });

    it('does not try again what `max_tokens` cut off', async () => {
      const { outcome } = await judged('{"sentiment":"go', { finish_reason: 'length' });
      expect(outcome).toMatchObject({ name: 'ActionError', code: 'response_invalid' });
    });

    it('refuses a schema that is none before anything is paid for', async () => {
      const { outcome, request } = await ask({ prompt: 'x', schema: { type: 'nonsense' } }, {});
      expect(outcome).toMatchObject({ code: 'config_invalid', details: { pointer: '/schema/type' } });
      expect(request).toBeUndefined();
    });
  });

  it('offers tools, and gives what the model asks of them', async () => {
    const tools = [{ name: 'weather', description: 'Of a city', parameters: { type: 'object' } }];
    const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Bern"}' } };
    const reply = { json: answer({ content: null, tool_calls: [call] }, { finish_reason: 'tool_calls' }) };
    const { outcome, body } = await ask({ prompt: 'Weather?', tools, tool_choice: 'weather' }, reply);
    expect(outcome).toMatchObject({
      text: null,
      finish_reason: 'tool_calls',
      tool_calls: [{ id: 'call_1', name: 'weather', arguments: { city: 'Bern' } }],
    });
    expect(body.tools).toEqual([{ type: 'function', function: tools[0] }]);
    expect(body.tool_choice).toEqual({ type: 'function', function: { name: 'weather' } });
    const garbled = { ...call, function: { name: 'weather', arguments: '{"city' } };
    const again = await ask({ prompt: 'x', tools }, { json: answer({ content: null, tool_calls: [garbled] }) });
    expect(again.outcome).toMatchObject({ name: 'RetryableError', code: 'response_invalid' });
  });

  it('takes a refusal of the model, or of a filter, for one', async () => {
    const refused = await ask({ prompt: 'x' }, { json: answer({ content: null, refusal: 'I cannot.' }) });
    expect(refused.outcome).toMatchObject({
      name: 'ActionError',
      code: 'provider_refused',
      details: { error: 'refusal' },
    });
    const filtered = await ask({ prompt: 'x' }, { json: answer({ content: '' }, { finish_reason: 'content_filter' }) });
    expect(filtered.outcome).toMatchObject({ code: 'provider_refused', details: { error: 'content_filter' } });
  });

  const error = (code: string, type: string) => ({ error: { message: 'No', type, param: null, code } });
  it.each([
    [401, error('invalid_api_key', 'invalid_request_error'), 'ActionError'],
    [400, error('context_length_exceeded', 'invalid_request_error'), 'ActionError'],
    [404, { error: 'model not found' }, 'ActionError'],
    [429, error('rate_limit_exceeded', 'tokens'), 'RetryableError'],
    [429, error('insufficient_quota', 'insufficient_quota'), 'ActionError'],
    [503, { error: { message: 'Overloaded' } }, 'RetryableError'],
  ])('takes %i %j as a %s', async (status, json, name) => {
    const { outcome } = await ask({ prompt: 'x' }, { status, json, headers: { 'retry-after': '20' } });
    expect(outcome).toMatchObject({ name, code: 'provider_refused', details: { status } });
    expect((outcome as { afterMs?: number }).afterMs).toBe(name === 'RetryableError' ? 20_000 : undefined);
  });

  it.each([
    [{}, '/prompt'],
    [{ prompt: 'a', base_url: 'http://[x' }, '/base_url'],
    [{ prompt: 'a', messages: [{ role: 'user', content: 'b' }] }, '/prompt'],
    [{ prompt: 'a', tool_choice: 'auto' }, '/tool_choice'],
    [{ prompt: 'a', tools: [{ name: 'x' }], tool_choice: 'y' }, '/tool_choice'],
  ])('refuses %j before anything is sent', async (more, pointer) => {
    const { outcome, request } = await ask(more, {});
    expect(outcome).toMatchObject({ code: 'config_invalid', details: { pointer } });
    expect(request).toBeUndefined();
  });
});

describe('llm.embed', () => {
  const config = { credential: 'key', model: 'text-embedding-3-small', input: ['a', 'b'], dimensions: 2 };
  const row = (index: number, embedding: unknown) => ({ object: 'embedding', index, embedding });
  const run = async (data: unknown, more: object = {}) => {
    const context = fakeContext({
      config: { ...config, ...more },
      credentials,
      http: [{ json: { object: 'list', data, model: config.model, usage: { prompt_tokens: 8, total_tokens: 8 } } }],
    });
    const outcome = await runAction(embed, context).catch((error: unknown) => error);
    return { outcome, request: context.requests[0] };
  };

  it('gives a vector for each text, in their order, whatever the order of the answer', async () => {
    const { outcome, request } = await run([row(1, [0.3, 0.4]), row(0, [0.1, 0.2])]);
    expect(outcome).toEqual({
      embeddings: [
        [0.1, 0.2],
        [0.3, 0.4],
      ],
      model: config.model,
      usage: { input_tokens: 8, output_tokens: 0, total_tokens: 8 },
    });
    expect(request?.url).toBe('https://api.openai.com/v1/embeddings');
    expect(JSON.parse(String(request?.body))).toMatchObject({
      input: ['a', 'b'],
      dimensions: 2,
      encoding_format: 'float',
    });
  });

  it('takes one text as a list of one', async () => {
    expect((await run([row(0, [1])], { input: 'a' })).outcome).toMatchObject({ embeddings: [[1]] });
  });

  it.each([[[row(0, [1])]], [[row(0, [1]), row(1, ['x'])]], [null]])('takes %j for no answer', async (data) => {
    expect((await run(data)).outcome).toMatchObject({ code: 'response_invalid' });
  });
});
