/** The types of credentials for servers that speak a protocol of their own over TCP. */

type Values = Readonly<Record<string, string>>;

const host = {
  text: 'Where it is: a name or an address.',
  pattern: /^[^\s/?#@\\]+$/,
  expected: 'the name of a host, or an address',
} as const;
const portNumber = { optional: true, pattern: /^\d{1,5}$/, expected: 'a number as text' } as const;
const username = { text: 'Who asks.', optional: true } as const;
const password = { text: 'The password.', secret: true, optional: true } as const;

const tls = {
  text: '`required` (its name is verified) or `off`. Default: required where the address is public.',
  optional: true,
  pattern: /^(required|off)$/,
  expected: '`required` or `off`',
} as const;

export const authorityField = {
  text: 'PEM of the authority that signed its certificate, when it is none of the public ones.',
  optional: true,
  pattern: /^\s*-----BEGIN CERTIFICATE-----/,
  expected: 'a certificate in PEM',
} as const;

const port = (byDefault: number) => ({ text: `Default: ${byDefault}.`, ...portNumber }) as const;

/** A credential of a server goes to that server only. */
const onlyTo =
  (defaultPort: number) =>
  ({ host: name = '', port: number = String(defaultPort) }: Values): readonly string[] => {
    const inPattern = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
    return [`${inPattern.toLowerCase().replace(/\.$/, '')}:${number}`];
  };

function databaseServer(title: string, defaultPort: number) {
  return {
    title,
    fields: {
      ...{ host, port: port(defaultPort) },
      database: { text: 'Its name. Default: the user.', optional: true },
      username: { text: 'Who asks.' },
      ...{ password, tls, ca: authorityField },
    },
    hosts: onlyTo(defaultPort),
  } as const;
}

export const serverTypes = {
  postgres: databaseServer('A PostgreSQL database', 5432),
  mysql: databaseServer('A MySQL or MariaDB database', 3306),
  smtp: {
    title: 'A mail server',
    fields: {
      host,
      port: { text: 'Default: 587. At 465 TLS is spoken from the first byte, else after STARTTLS.', ...portNumber },
      ...{ username, password, tls, ca: authorityField },
    },
    hosts: onlyTo(587),
  },
  redis: {
    title: 'A Redis, or what speaks its language',
    fields: {
      ...{ host, port: port(6379), username, password },
      database: { text: 'Its number. Default: 0.', ...portNumber },
      ...{ tls, ca: authorityField },
    },
    hosts: onlyTo(6379),
  },
  kafka: {
    title: 'A cluster of Kafka',
    fields: {
      brokers: {
        text: 'Some of its brokers, `host:port` with commas between; they tell where the others are.',
        pattern: /^[^\s/?#@\\,]+:\d{1,5}(,[^\s/?#@\\,]+:\d{1,5})*$/,
        expected: 'addresses such as kafka-1.example.com:9092,kafka-2.example.com:9092',
      },
      mechanism: {
        text: 'Of SASL: `PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512`. Default: `SCRAM-SHA-512` when there is a user.',
        optional: true,
        pattern: /^(PLAIN|SCRAM-SHA-256|SCRAM-SHA-512)$/,
        expected: '`PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512`',
      },
      ...{ username, password, tls, ca: authorityField },
    },
  },
} as const;
