/** From the answer of the server to the output of the step. */
import type { CompiledSchema } from '@cloudflow/core/definition/json-schema/compile-schema.ts';
import type { Json } from '@cloudflow/core/json.ts';
import { ActionError } from '@cloudflow/sdk/index.ts';
import { parsed, readAnswer } from './answer-schema.ts';
import type { ChatOutput } from './chat-config.ts';
import { type Fields, usageOf } from './llm-api.ts';

export function toChatOutput(answer: Fields, schema: CompiledSchema | undefined): ChatOutput {
  const choice = first(answer['choices']);
  const message = (choice?.['message'] ?? undefined) as Fields | undefined;
  if (choice === undefined || message === undefined)
    throw new ActionError('The answer has no message', { code: 'response_invalid' });
  const reason = String(choice['finish_reason'] ?? 'stop');
  mustBeAnswered(message, reason);
  const text = typeof message['content'] === 'string' ? message['content'] : null;
  const calls = toolCalls(message['tool_calls']);
  return {
    text,
    json: schema === undefined || calls.length > 0 ? null : readWhole(text ?? '', reason, schema),
    tool_calls: calls,
    finish_reason: reason,
    model: String(answer['model'] ?? ''),
    usage: usageOf(answer),
  };
}

/** A refusal of the model, or of the filter of its server, is no answer to what the workflow asked. */
function mustBeAnswered({ refusal }: Fields, reason: string): void {
  const refused = typeof refusal === 'string' && refusal !== '';
  if (!refused && reason !== 'content_filter') return;
  const text = refused ? refusal.slice(0, 1_000) : 'a filter of the server stopped the answer';
  throw new ActionError(`The model refused: ${text}`, {
    code: 'provider_refused',
    details: { error: refused ? 'refusal' : 'content_filter', message: text },
  });
}

function readWhole(text: string, reason: string, schema: CompiledSchema): Json {
  if (reason !== 'length') return readAnswer(text, schema);
  throw new ActionError('`max_tokens`, or the limit of the model, cut the answer off before its end', {
    code: 'response_invalid',
    details: { finish_reason: reason },
  });
}

function toolCalls(value: Json | undefined): ChatOutput['tool_calls'] {
  const calls = Array.isArray(value) ? (value as readonly Fields[]) : [];
  return calls.map((call) => {
    const asked = (call['function'] ?? {}) as Fields;
    const name = String(asked['name'] ?? '');
    const text = typeof asked['arguments'] === 'string' ? asked['arguments'] : '';
    const given = text.trim() === '' ? {} : parsed(text, `The arguments that the model has for ${name} are not JSON`);
    return { id: String(call['id'] ?? ''), name, arguments: given };
  });
}

function first(value: Json | undefined): Fields | undefined {
  return Array.isArray(value) ? (value[0] as Fields | undefined) : undefined;
}
