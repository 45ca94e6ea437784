/** Sends a query or a mutation to a GraphQL API over HTTP. */
import type { Json } from '@cloudflow/core/json.ts';
import {
  ActionError,
  connectionErrors,
  credentialErrors,
  credentialName,
  defineAction,
  excerptOf,
  fieldsOf,
  type HttpResponse,
  jsonOf,
  providerRefused,
  RetryableError,
  refusalOf,
  responseInvalid,
} from '@cloudflow/sdk/index.ts';
import Type from 'typebox';

/** As many as a person reads, and as fit in the details of an error. */
const mostErrors = 10;
const mostCharacters = 500;
/** What servers call a limit or their own trouble, in `extensions.code` or `type`. */
const passing = new Set(['RATE_LIMITED', 'THROTTLED', 'TOO_MANY_REQUESTS', 'INTERNAL_SERVER_ERROR', 'TIMEOUT']);

export default defineAction({
  type: 'graphql.query',
  title: 'Query a GraphQL API',
  description:
    'Sends a query or a mutation. Errors in the answer fail the step, though the status is 200; with `partial` they are given ' +
    'beside the data. The same `Idempotency-Key` goes with every try.',
  category: 'network',
  icon: 'share-2',
  version: 1,
  config: Type.Object(
    {
      url: Type.String({ minLength: 1, maxLength: 2_048, description: 'Of the API, `http:` or `https:`.' }),
      query: Type.String({
        minLength: 1,
        maxLength: 100_000,
        description: 'The document. Values belong in `variables`, never into this text.',
      }),
      variables: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'By name, without `$`.' })),
      operation_name: Type.Optional(
        Type.String({ minLength: 1, maxLength: 255, description: 'Which one to run, of a document with several.' }),
      ),
      headers: Type.Optional(
        Type.Record(Type.String(), Type.String(), { maxProperties: 50, description: 'Sent besides.' }),
      ),
      credential: Type.Optional(credentialName('that is sent as a header, such as `http_bearer` or `github`.')),
      partial: Type.Optional(
        Type.Boolean({
          default: false,
          description: 'Succeed with what there is when some fields failed. Default: false.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    data: Type.Unknown({ description: 'As the query asks for it.' }),
    errors: Type.Array(Type.Unknown(), { description: 'Of the fields that failed; only with `partial`.' }),
  }),
  errors: [
    providerRefused('`details.errors` are those of the answer, each with `message`, `path` and `extensions`.'),
    responseInvalid,
    ...connectionErrors,
    ...credentialErrors,
  ],
  defaultTimeoutMs: 30_000,
  effect: 'external',

  async run({ config, http, idempotencyKey, traceparent }) {
    const { url, query, variables, operation_name, headers = {}, credential, partial = false } = config;
    const answer = await http.request({
      url,
      method: 'POST',
      headers: {
        accept: 'application/graphql-response+json, application/json;q=0.9',
        'content-type': 'application/json',
        'idempotency-key': idempotencyKey,
        traceparent,
        ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
      },
      body: JSON.stringify({ query, variables, operationName: operation_name }),
      ...(credential === undefined ? {} : { credential }),
    });
    if (answer.status >= 300) throw refusedBy(answer);
    jsonOf(answer);
    const { data = null, errors } = fieldsOf(answer);
    const found = listOf(errors);
    if (found.length === 0 && data === null) throw notGraphql(answer);
    if (found.length > 0 && !(partial && data !== null)) throw failedWith(found);
    return { data, errors: [...found] };
  },
});

type Listed = { readonly message?: Json; readonly type?: Json; readonly extensions?: { readonly code?: Json } };

function listOf(errors: Json | undefined): readonly Json[] {
  return Array.isArray(errors) ? errors : [];
}

function shown(errors: readonly Json[]): Json {
  return (errors as readonly { readonly [field: string]: Json }[]).slice(0, mostErrors).map((each) => ({
    message: String(each?.['message'] ?? '').slice(0, mostCharacters),
    ...Object.fromEntries(
      ['path', 'type', 'extensions'].flatMap((name) => (each?.[name] === undefined ? [] : [[name, each[name]]])),
    ),
  }));
}

/** With the status 200: whether another try helps is said by the codes of the errors, if by anything. */
function failedWith(errors: readonly Json[]): ActionError {
  const [first] = errors as readonly Listed[];
  const message = `The API answered with ${errors.length} error(s): ${String(first?.message ?? '').slice(0, mostCharacters)}`;
  const facts = { code: 'provider_refused', details: { errors: shown(errors), count: errors.length } };
  const codes = (errors as readonly Listed[]).flatMap((each) => [each?.extensions?.code, each?.type]);
  return codes.some((code) => typeof code === 'string' && passing.has(code))
    ? new RetryableError(message, facts)
    : new ActionError(message, facts);
}

function refusedBy(answer: HttpResponse): ActionError {
  const errors = listOf(fieldsOf(answer)['errors']);
  return refusalOf(answer, {
    code: 'provider_refused',
    message: `The API answered with status ${answer.status}`,
    details: errors.length > 0 ? { errors: shown(errors) } : { excerpt: excerptOf(answer) },
  });
}

function notGraphql(answer: HttpResponse): ActionError {
  return new ActionError('The answer has neither `data` nor `errors`', {
    code: 'response_invalid',
    details: { excerpt: excerptOf(answer) },
  });
}
