/** From a credential to where the database is. */
import { ActionError, type Credential } from '@cloudflow/sdk/index.ts';
import type { DatabasePlace } from './session.ts';

const defaultPorts = { postgres: 5432, mysql: 3306 } as const;
const kinds: Readonly<Record<string, DatabasePlace['kind']>> = {
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
  'mysql:': 'mysql',
  'mariadb:': 'mysql',
};

/** Throws `credential_unusable`, without a word of its values. */
export function placeOf(name: string, { type, values }: Credential): DatabasePlace {
  if (type === 'database') return fromUrl(name, values);
  return fromFields(type === 'postgres' ? 'postgres' : 'mysql', values);
}

function fromFields(kind: DatabasePlace['kind'], values: Credential['values']): DatabasePlace {
  const { host = '', port, username = '', password = '', database = username, tls, ca } = values;
  return {
    kind,
    host,
    port: port ? Number(port) : defaultPorts[kind],
    user: username,
    password,
    database,
    tls: tls === 'required' || tls === 'off' ? tls : 'by_address',
    ca: ca || undefined,
  };
}

function fromUrl(name: string, { url: text = '', ca }: Credential['values']): DatabasePlace {
  const url = URL.parse(text);
  const kind = url ? kinds[url.protocol] : undefined;
  if (!url || !kind || url.hostname === '')
    throw unusable(
      name,
      'has an address that is none of PostgreSQL or MySQL, such as postgres://user:password@host/database',
    );
  const user = decoded(url.username);
  return {
    kind,
    host: url.hostname,
    port: url.port ? Number(url.port) : defaultPorts[kind],
    user,
    password: decoded(url.password),
    database: decoded(url.pathname.slice(1)) || user,
    tls: tlsOf(name, url.searchParams.get('sslmode') ?? url.searchParams.get('ssl-mode')),
    ca: ca || undefined,
  };
}

/** The words of both databases. One that encrypts without looking who is there is not offered: it hides nothing from an attacker. */
const tlsWords: Readonly<Record<string, DatabasePlace['tls']>> = {
  disable: 'off',
  disabled: 'off',
  prefer: 'by_address',
  preferred: 'by_address',
  require: 'required',
  required: 'required',
  'verify-full': 'required',
  verify_identity: 'required',
};

function tlsOf(name: string, word: string | null): DatabasePlace['tls'] {
  if (word === null) return 'by_address';
  const found = tlsWords[word.toLowerCase()];
  if (found) return found;
  throw unusable(name, 'has an `sslmode` that is not known here: `disable`, `prefer` or `verify-full`');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone percent sign, written as it is.
    return text;
  }
}

function unusable(name: string, problem: string): ActionError {
  return new ActionError(`The credential ${name} ${problem}`, {
    code: 'credential_unusable',
    details: { credential: name },
  });
}
