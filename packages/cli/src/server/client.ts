/** The typed client of the server that is meant. */
import { type Client, createClient } from '@cloudflow/sdk/client/index.ts';
import type { Context } from '../program/context.ts';
import { apiKeyOf } from './api-key.ts';

export function clientOf({ settings, signal, messages }: Context): Client {
  const detail = (fields: Readonly<Record<string, unknown>>, message: string) => {
    const { method, path, status } = fields;
    messages.detail([message, method, path, status].filter((each) => each !== undefined).join(' '));
  };
  return createClient({
    url: settings.url.value,
    apiKey: apiKeyOf(settings),
    signal,
    logger: { debug: detail, warn: detail },
  });
}
