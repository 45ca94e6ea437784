/** What an `http_request` step is configured with, and what it gives. */
import { credentialName } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';

const scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean()]);

export const requestConfig = Type.Object(
  {
    url: Type.String({
      minLength: 1,
      description: 'Absolute, `http:` or `https:`; user and password do not belong in it.',
    }),
    method: Type.Optional(
      Type.Enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'], {
        default: 'GET',
        description: 'Default: GET.',
      }),
    ),
    headers: Type.Optional(
      Type.Record(Type.String(), scalar, {
        description:
          'Sent as they are. Those that frame the message (`Host`, `Content-Length`, `Connection`, …) cannot be set. ' +
          '`Idempotency-Key`, `traceparent` and `X-Correlation-ID` are sent unless they are set here.',
      }),
    ),
    query: Type.Optional(
      Type.Record(Type.String(), Type.Union([scalar, Type.Null(), Type.Array(scalar)]), {
        description: 'Added to the query of the URL, encoded; a list repeats the name, null leaves it out.',
      }),
    ),
    body: Type.Optional(
      Type.Unknown({ description: 'Text is sent as it is, null not at all, everything else as JSON.' }),
    ),
    credential: Type.Optional(
      credentialName(
        'that is sent as a header (`http_basic`, `http_bearer`, `http_header`, or of a service, such as `github`): only to ' +
          'its `allowed_hosts`, and never to another origin that a redirect leads to.',
      ),
    ),
    timeout: Type.Optional(
      Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.String()], {
        description: 'Of one try, like the `timeout` of the step: milliseconds, or text such as `5s`.',
      }),
    ),
    retry: Type.Optional(Type.Object({}, { description: 'Like the `retry` of the step.' })),
    follow_redirects: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Follow up to 20 redirects; to another origin without the headers that could hold secrets. ' +
          'Default: false, and an answer with a status 3xx is the output.',
      }),
    ),
    response: Type.Optional(
      Type.Enum(['json', 'text', 'binary'], {
        description:
          'How the body is read; `binary` gives base64. Default: JSON when the answer says that it is, else text.',
      }),
    ),
  },
  { additionalProperties: false },
);

export const requestOutput = Type.Object({
  status: Type.Integer({ minimum: 100, maximum: 599, description: 'Below 400.' }),
  headers: Type.Record(Type.String(), Type.Union([Type.String(), Type.Array(Type.String())]), {
    description: 'Names in lower case; `set-cookie` is a list.',
  }),
  body: Type.Unknown({ description: 'As `response` says; null for an empty body that was to be JSON.' }),
});

export type RequestConfig = Type.Static<typeof requestConfig>;
export type RequestOutput = Type.Static<typeof requestOutput>;
