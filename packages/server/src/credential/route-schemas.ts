/** The shapes of what goes in and out at the doors of the credential service. */
import Type from 'typebox';
import { idempotencyHeaders } from '../kernel/http/idempotency.ts';
import { pageQuery } from '../kernel/http/list.ts';
import { credentialTypeNames, credentialTypes } from './credential-types.ts';
import { hostPattern } from './host-patterns.ts';

export const params = Type.Object({ id: Type.String({ format: 'uuid' }) });
export const listQuery = Type.Object(pageQuery);
export const createHeaders = idempotencyHeaders('Names this creation: a repeat gets the answer of the first.');

const name = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$',
  'x-expected': '1 to 128 letters, digits, `_` and `-`, the first no sign',
  description: 'By which workflows use it: `secrets.NAME`, or `credential` in a config. Unique in the tenant.',
});
const typeTexts = credentialTypeNames.map(
  (type) => `\`${type}\`: ${Object.keys(credentialTypes[type].fields).join(', ')}`,
);
const values = Type.Record(Type.String({ maxLength: 128 }), Type.String({ maxLength: 32_768 }), {
  maxProperties: 20,
  description: `Never returned. By type: ${typeTexts.join('; ')}.`,
});
const allowedHosts = Type.Union(
  [
    Type.Array(
      Type.String({
        pattern: hostPattern,
        maxLength: 260,
        'x-expected': 'a host such as api.example.com or *.example.com, in lower case, with or without :port',
      }),
      { maxItems: 50 },
    ),
    Type.Null(),
  ],
  {
    description:
      'Hosts to which it may be sent: `api.example.com`, `*.example.com` (not example.com itself), either with `:port`. ' +
      'Checked for each request, after every redirect too. null: those of the service that the type is for, or of the address ' +
      'that the values name; of types that are for no service in particular, any.',
  },
);
const description = Type.String({ maxLength: 2_000 });

export const createBody = Type.Object(
  {
    name,
    type: Type.Enum([...credentialTypeNames]),
    values,
    description: Type.Optional(description),
    allowed_hosts: Type.Optional(allowedHosts),
  },
  { additionalProperties: false },
);
export const updateBody = Type.Object(
  {
    name: Type.Optional(name),
    values: Type.Optional(values),
    description: Type.Optional(description),
    allowed_hosts: Type.Optional(allowedHosts),
  },
  { additionalProperties: false, minProperties: 1 },
);

const time = Type.String({ format: 'date-time' });
export const credential = Type.Object({
  id: Type.String(),
  name: Type.String(),
  type: Type.String(),
  description: Type.String(),
  fields: Type.Array(Type.String(), { description: 'Names of the values that it holds.' }),
  allowed_hosts: Type.Union([Type.Array(Type.String()), Type.Null()]),
  created_at: time,
  updated_at: time,
  created_by: Type.String(),
  updated_by: Type.String(),
});

export const testBody = Type.Object(
  { url: Type.String({ minLength: 1, maxLength: 2_048, description: 'What is asked with `GET`, by way of a test.' }) },
  { additionalProperties: false },
);
export const tested = Type.Object({
  ok: Type.Boolean({ description: 'True for a status below 400.' }),
  status: Type.Union([Type.Integer(), Type.Null()], { description: 'Of the answer; null when there was none.' }),
  error: Type.Union([Type.Object({ code: Type.String(), message: Type.String() }), Type.Null()]),
});
