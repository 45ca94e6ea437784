/** The types of credentials: what each holds, and what of it is secret. A type is a row; a released one only gains fields. */
import type { ProblemError } from '../kernel/errors/problem.ts';

export type CredentialField = {
  readonly text: string;
  /** Never shown, and masked in whatever a try gives back. */
  readonly secret?: true;
  readonly optional?: true;
  readonly pattern?: RegExp;
  /** What the pattern asks for, in words. */
  readonly expected?: string;
};

export type CredentialType = { readonly title: string; readonly fields: Readonly<Record<string, CredentialField>> };

/** A token of RFC 9110, but for the headers that go on to another host when it redirects, or that frame the message. */
const headerName =
  /^(?!(accept|accept-encoding|accept-language|content-type|content-length|user-agent|idempotency-key|traceparent|x-correlation-id|host|connection|transfer-encoding|keep-alive|upgrade|expect|te|trailer|proxy-.*)$)[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/i;
const visible = { pattern: /^[\x21-\x7e]*$/, expected: 'visible ASCII characters without spaces' };
const inHeader = { pattern: /^[\x20-\x7e]*$/, expected: 'ASCII characters without line breaks' };

export const credentialTypes = {
  generic: {
    title: 'One text, for `secrets.NAME`',
    fields: { value: { text: 'The secret.', secret: true } },
  },
  http_basic: {
    title: 'User and password of HTTP',
    fields: {
      username: { text: 'Without a colon.', pattern: /^[^:\p{Cc}]*$/u, expected: 'no colon and no control characters' },
      password: { text: 'The password.', secret: true, pattern: /^\P{Cc}*$/u, expected: 'no control characters' },
    },
  },
  http_bearer: {
    title: 'A token, sent as `Authorization: Bearer …`',
    fields: { token: { text: 'The token.', secret: true, ...visible } },
  },
  http_header: {
    title: 'A header with a key',
    fields: {
      name: {
        text: 'Name of the header, such as `X-API-Key`.',
        pattern: headerName,
        expected: 'the name of a header that can hold a key, such as X-API-Key',
      },
      value: { text: 'What it holds.', secret: true, ...inHeader },
    },
  },
  database: {
    title: 'A database',
    fields: {
      url: {
        text: 'Address with user and password.',
        secret: true,
        pattern: /^[a-z][a-z0-9+.-]*:\/\/.+/,
        expected: 'an address such as postgres://user:password@host:5432/database',
      },
    },
  },
  smtp: {
    title: 'A mail server',
    fields: {
      host: { text: 'Its name.', pattern: /^[^\s/]+$/, expected: 'the name of a host' },
      port: { text: 'Default: 587.', optional: true, pattern: /^\d{1,5}$/, expected: 'a number as text' },
      username: { text: 'Who sends.', optional: true },
      password: { text: 'The password.', secret: true, optional: true },
    },
  },
  aws: {
    title: 'A key of AWS, or of what speaks its language',
    fields: {
      access_key_id: { text: 'The id of the key.', ...visible },
      secret_access_key: { text: 'The key.', secret: true, ...visible },
      session_token: { text: 'Of a key for a time.', secret: true, optional: true, ...visible },
      region: { text: 'Such as `eu-central-1`.', optional: true, ...visible },
    },
  },
} as const satisfies Record<string, CredentialType>;

export type CredentialTypeName = keyof typeof credentialTypes;
export const credentialTypeNames = Object.keys(credentialTypes) as readonly CredentialTypeName[];

export type CredentialValues = Readonly<Record<string, string>>;

/** What is shorter would be found everywhere when it is masked, and is no secret. */
const fewestCharacters = 4;

/** What is wrong with the values, without a word of them. */
export function valueProblems(typeName: CredentialTypeName, values: CredentialValues): readonly ProblemError[] {
  const fields: Readonly<Record<string, CredentialField>> = credentialTypes[typeName].fields;
  const problems: ProblemError[] = [];
  const add = (field: string, code: string, message: string) =>
    problems.push({ pointer: `/values/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`, code, message });
  for (const [name, { optional }] of Object.entries(fields))
    if (!optional && !Object.hasOwn(values, name)) add(name, 'missing_field', 'is required');
  for (const [name, value] of Object.entries(values)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined) add(name, 'unknown_field', `\`${typeName}\` has ${Object.keys(fields).join(', ')}`);
    else if (field.secret && value.length < fewestCharacters)
      add(name, 'too_short', `a secret has at least ${fewestCharacters} characters`);
    else if (field.pattern && !field.pattern.test(value)) add(name, 'pattern_mismatch', `takes ${field.expected}`);
  }
  return problems;
}

/** The values that are never shown. */
export function secretValues(typeName: CredentialTypeName, values: CredentialValues): readonly string[] {
  const fields: Readonly<Record<string, CredentialField>> = credentialTypes[typeName].fields;
  return Object.entries(values).flatMap(([name, value]) => (fields[name]?.secret && value !== '' ? value : []));
}
