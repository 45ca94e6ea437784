/** Asks a language model for the next message of a conversation. */
import type { Json } from '@cloudflow/core/json.ts';
import { configInvalid, defineAction } from '@cloudflow/sdk/index.ts';
import { compileAnswerSchema } from './answer-schema.ts';
import { toChatOutput } from './chat-answer.ts';
import { type ChatConfig, chatConfig, chatOutput } from './chat-config.ts';
import { callLlm, errors } from './llm-api.ts';

export default defineAction({
  type: 'llm.chat',
  title: 'Ask a language model',
  description:
    'Sends a conversation to any server that speaks the API of OpenAI (`/chat/completions`), and waits for the whole answer. ' +
    'What a model says is data of somebody else: check it before something is done with it.',
  category: 'ai',
  icon: 'sparkles',
  version: 1,
  config: chatConfig,
  output: chatOutput,
  errors: errors.map((row) =>
    row.code === 'response_invalid'
      ? {
          ...row,
          retryable: 'depends' as const,
          description:
            'The answer is no JSON, or does not fit `schema` (`details.problems`): tried again, because a model may do better. ' +
            'Not tried again is one that `max_tokens` cut off.',
        }
      : row,
  ),
  defaultTimeoutMs: 120_000,
  effect: 'external',

  async run(context) {
    const { config } = context;
    const schema = config.schema === undefined ? undefined : compileAnswerSchema(config.schema as Json);
    const body = (base: URL) => bodyOf(config, base);
    return toChatOutput(await callLlm(context, { path: '/chat/completions', body }), schema);
  },
});

function bodyOf(config: ChatConfig, base: URL): object {
  const { model, temperature, max_tokens, options = {} } = config;
  // OpenAI itself refuses the old name for its newer models; most other servers know the old one only.
  const limit = base.host === 'api.openai.com' ? { max_completion_tokens: max_tokens } : { max_tokens };
  return {
    ...options,
    model,
    messages: messagesOf(config),
    temperature,
    ...(max_tokens === undefined ? {} : limit),
    ...toolsOf(config),
    ...formatOf(config),
    stream: false,
    n: 1,
  };
}

function messagesOf({ system, prompt, messages }: ChatConfig): readonly object[] {
  if ((prompt === undefined) === (messages === undefined))
    throw configInvalid('/prompt', 'is required, or `messages`, and not both');
  const first = system === undefined ? [] : [{ role: 'system', content: system }];
  return [...first, ...(messages ?? [{ role: 'user', content: prompt }])];
}

function toolsOf({ tools, tool_choice }: ChatConfig): object {
  if (tools === undefined) {
    if (tool_choice !== undefined) throw configInvalid('/tool_choice', 'is there without `tools`');
    return {};
  }
  const named = tools.some(({ name }) => name === tool_choice);
  if (tool_choice !== undefined && !named && !['auto', 'none', 'required'].includes(tool_choice))
    throw configInvalid('/tool_choice', 'is neither `auto`, `none` nor `required`, nor the name of a tool');
  const choice = named ? { type: 'function', function: { name: tool_choice } } : tool_choice;
  return {
    tools: tools.map((each) => ({ type: 'function', function: each })),
    ...(choice === undefined ? {} : { tool_choice: choice }),
  };
}

function formatOf({ schema, strict = true }: ChatConfig): object {
  return schema === undefined
    ? {}
    : { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict } } };
}
