/** Calls a web service and gives its answer. */
import { defineAction } from '@cloudflow/sdk/index.ts';
import { toError, toOutput } from './answer.ts';
import { requestConfig, requestOutput } from './request-config.ts';
import { toHttpRequest } from './request-message.ts';

export default defineAction({
  type: 'http_request',
  title: 'HTTP request',
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
    { code: 'timeout', retryable: 'always', description: 'No whole answer within the timeout.' },
    { code: 'network', retryable: 'always', description: 'No connection, or it broke.' },
    {
      code: 'egress_denied',
      retryable: 'never',
      description: 'The address, or one it redirected to, may not be reached from here.',
    },
    { code: 'credential_unknown', retryable: 'never', description: 'There is no credential of this name.' },
    {
      code: 'credential_unusable',
      retryable: 'never',
      description: 'The credential is of a type that does not fit here.',
    },
    { code: 'credential_unavailable', retryable: 'always', description: 'The credential could not be read.' },
    {
      code: 'credential_host_denied',
      retryable: 'never',
      description: 'A credential or secret in use is not for this host, or for one it redirected to.',
    },
    { code: 'response_too_large', retryable: 'never', description: 'The body is over the limit, as sent or inflated.' },
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
