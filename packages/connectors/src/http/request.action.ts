/** Calls a web service and gives its answer. */
import { connectionErrors, credentialErrors, defineAction } from '@cloudflow/sdk/index.ts';
import { toError, toOutput } from './answer.ts';
import { requestConfig, requestOutput } from './request-config.ts';
import { toHttpRequest } from './request-message.ts';

export default defineAction({
  type: 'http_request',
  title: 'HTTP request',
  category: 'network',
  icon: 'globe',
  description:
    'Sends a request and waits for the answer. A status of 400 or more is an error; 2xx, and 3xx that is not followed, is the ' +
    'output. The same `Idempotency-Key` goes with every try, so that the other side can tell a repeat from a second request.',
  version: 1,
  config: requestConfig,
  output: requestOutput,
  errors: [
    {
      code: 'http_status',
      retryable: 'depends',
      description:
        'The status is 400 or more (`details.status`, `details.excerpt`). 408, 425, 429 and 5xx are tried again; `Retry-After` is honoured.',
    },
    ...connectionErrors,
    ...credentialErrors,
    { code: 'response_invalid', retryable: 'never', description: 'The body was to be JSON and is not.' },
  ],
  defaultTimeoutMs: 30_000,
  effect: 'external',

  async run(context) {
    const request = toHttpRequest(context);
    const answer = await context.http.request(request);
    context.log.debug({ status: answer.status, bytes: answer.body.length }, 'answered');
    if (answer.status >= 400) throw toError(answer, `${request.method} to ${new URL(request.url).host}`);
    return toOutput(answer, context.config.response);
  },
});
