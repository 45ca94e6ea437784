/**
 * The types of credentials: what each holds, what of it is secret, and where it goes. A type is a row; a released one only
 * gains fields.
 */
import type { ProblemError } from '../kernel/errors/problem.ts';
import { authorityField, serverTypes } from './server-types.ts';

export type CredentialField = {
  readonly text: string;
  /** Never shown, and masked in whatever a try gives back. */
  readonly secret?: true;
  readonly optional?: true;
  readonly pattern?: RegExp;
  /** What the pattern asks for, in words. */
  readonly expected?: string;
};

export type CredentialValues = Readonly<Record<string, string>>;

export type CredentialType = {
  readonly title: string;
  readonly fields: Readonly<Record<string, CredentialField>>;
  /**
   * The hosts that the service of this type has, in the form of `allowed_hosts`: where it may go when its owner named none.
   * A workflow that points an action elsewhere does not get it. Absent: it is for no service in particular.
   */
  readonly hosts?: (values: CredentialValues) => readonly string[];
  /** It is computed with and never sent: not even as `secrets.NAME`, by which an author could send it anywhere. */
  readonly onlyKey?: true;
  /** The header that authenticates with it, where it can be sent with any request. */
  readonly header?: (values: CredentialValues) => readonly [name: string, value: string];
};

/** A token of RFC 9110, but for the headers that go on to another host when it redirects, or that frame the message. */
const headerName =
  /^(?!(accept|accept-encoding|accept-language|content-type|content-length|user-agent|idempotency-key|traceparent|x-correlation-id|host|connection|transfer-encoding|keep-alive|upgrade|expect|te|trailer|proxy-.*)$)[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/i;
const visible = { pattern: /^[\x21-\x7e]*$/, expected: 'visible ASCII characters without spaces' };
const inHeader = { pattern: /^[\x20-\x7e]*$/, expected: 'ASCII characters without line breaks' };

const address = {
  pattern: /^https?:\/\/[^\s/?#@]+([/?#]\S*)?$/,
  expected: 'an address such as https://api.example.com, without user and password',
};
const baseUrl = (instead: string) => ({
  text: `Where the service is, when it is not ${instead}.`,
  optional: true as const,
  ...address,
});

/**
 * Host and port of an address; none when it cannot be read, so that nothing may be reached. With its port, so that a token
 * for `https:` is not sent in plain text to the same host.
 */
const hostOf = (url: string | undefined, byDefault?: string): readonly string[] => {
  if (url === undefined) return byDefault === undefined ? [] : [`${byDefault}:443`];
  const parsed = URL.parse(url);
  if (!parsed) return [];
  return [`${parsed.hostname}:${parsed.port || (parsed.protocol === 'https:' ? 443 : 80)}`];
};
const bearer = (token: string | undefined) => ['authorization', `Bearer ${token}`] as const;

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
    header: ({ username, password }) => [
      'authorization',
      `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
    ],
  },
  http_bearer: {
    title: 'A token, sent as `Authorization: Bearer …`',
    fields: { token: { text: 'The token.', secret: true, ...visible } },
    header: ({ token }) => bearer(token),
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
    header: ({ name, value }) => [String(name).toLowerCase(), String(value)],
  },
  database: {
    title: 'A database by its address',
    fields: {
      url: {
        text: 'Address with user and password, of PostgreSQL or MySQL; `?sslmode=disable` or `verify-full` decides on TLS.',
        secret: true,
        pattern: /^[a-z][a-z0-9+.-]*:\/\/.+/,
        expected: 'an address such as postgres://user:password@host:5432/database',
      },
      ca: authorityField,
    },
  },
  ...serverTypes,
  aws: {
    title: 'A key of AWS, or of what speaks its language',
    onlyKey: true,
    fields: {
      access_key_id: { text: 'The id of the key.', ...visible },
      secret_access_key: { text: 'The key.', secret: true, ...visible },
      session_token: { text: 'Of a key for a time.', secret: true, optional: true, ...visible },
      region: { text: 'Such as `eu-central-1`.', optional: true, ...visible },
      endpoint: { text: 'Where the service is, when it is not AWS.', optional: true, ...address },
    },
    hosts: ({ endpoint }) =>
      endpoint === undefined ? ['*.amazonaws.com:443', '*.amazonaws.com.cn:443'] : hostOf(endpoint),
  },
  crypto_key: {
    title: 'A key that `crypto.…` computes with',
    fields: { key: { text: 'Text, bytes in base64 or hex, or a private key as PEM.', secret: true } },
    onlyKey: true,
  },
  incoming_webhook: {
    title: 'The address of an incoming webhook of Slack, Discord or Teams: whoever knows it may post',
    fields: { url: { text: 'The whole address.', secret: true, ...address } },
    hosts: ({ url }) => hostOf(url),
  },
  webhook_secret: {
    title: 'What `send_webhook` signs with (Standard Webhooks)',
    onlyKey: true,
    fields: {
      secret: {
        text: '`whsec_` and 24 to 64 bytes in base64.',
        secret: true,
        pattern: /^(whsec_)?[A-Za-z0-9+/]{32,86}={0,2}$/,
        expected: '24 to 64 bytes in base64, with or without whsec_ before them',
      },
      previous_secret: {
        text: 'While it is being changed: the one before, with which is signed too.',
        secret: true,
        optional: true,
        pattern: /^(whsec_)?[A-Za-z0-9+/]{32,86}={0,2}$/,
        expected: '24 to 64 bytes in base64, with or without whsec_ before them',
      },
    },
  },
  slack: {
    title: 'A bot of Slack',
    fields: {
      token: { text: 'The bot token, `xoxb-…`.', secret: true, ...visible },
      base_url: baseUrl('https://slack.com/api'),
    },
    hosts: ({ base_url }) => hostOf(base_url, 'slack.com'),
    header: ({ token }) => bearer(token),
  },
  discord: {
    title: 'A bot of Discord',
    fields: {
      token: { text: 'The bot token.', secret: true, ...visible },
      base_url: baseUrl('https://discord.com/api/v10'),
    },
    hosts: ({ base_url }) => hostOf(base_url, 'discord.com'),
    header: ({ token }) => ['authorization', `Bot ${token}`],
  },
  github: {
    title: 'A token of GitHub',
    fields: {
      token: { text: 'A personal access token, or that of an app.', secret: true, ...visible },
      base_url: { ...baseUrl('https://api.github.com'), text: 'Of GitHub Enterprise: `https://HOST/api/v3`.' },
    },
    hosts: ({ base_url }) => hostOf(base_url, 'api.github.com'),
    header: ({ token }) => bearer(token),
  },
  openai: {
    title: 'A key of OpenAI, or of what speaks its language',
    fields: {
      api_key: { text: 'The key.', secret: true, ...visible },
      base_url: baseUrl('https://api.openai.com/v1'),
    },
    hosts: ({ base_url }) => hostOf(base_url, 'api.openai.com'),
    header: ({ api_key }) => bearer(api_key),
  },
} as const satisfies Record<string, CredentialType>;

export type CredentialTypeName = keyof typeof credentialTypes;
export const credentialTypeNames = Object.keys(credentialTypes) as readonly CredentialTypeName[];

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

/** Where a credential may go whose owner named no hosts; null: anywhere. */
export function hostsOf(typeName: CredentialTypeName, values: CredentialValues): readonly string[] | null {
  const type: CredentialType = credentialTypes[typeName];
  return type.hosts?.(values) ?? null;
}

/** The header that authenticates with a credential; undefined for a type that is not sent as one. */
export function headerOf(
  typeName: CredentialTypeName,
  values: CredentialValues,
): readonly [name: string, value: string] | undefined {
  const type: CredentialType = credentialTypes[typeName];
  return type.header?.(values);
}

/** Whether nothing of it may be sent: it is for actions that compute with it. */
export function isOnlyKey(typeName: CredentialTypeName): boolean {
  const type: CredentialType = credentialTypes[typeName];
  return type.onlyKey === true;
}

/** Of a type as it stands in the database. */
export function isSentAsHeader(typeName: string): boolean {
  const types: Readonly<Record<string, CredentialType>> = credentialTypes;
  return types[typeName]?.header !== undefined;
}

/** The values that are never shown. */
export function secretValues(typeName: CredentialTypeName, values: CredentialValues): readonly string[] {
  const fields: Readonly<Record<string, CredentialField>> = credentialTypes[typeName].fields;
  return Object.entries(values).flatMap(([name, value]) => (fields[name]?.secret && value !== '' ? value : []));
}
