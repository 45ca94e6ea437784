/**
 * A producer for one try. The driver opens its sockets by itself, so that each broker is given to it by an address that the egress
 * guard let pass: those of the credential, and those that the cluster tells of.
 */
import { ActionError, type ActionTcp, type Credential, RetryableError } from '@cloudflow/sdk/index.ts';
import {
  type ConnectionPool,
  findErrorBy,
  NetworkError,
  ProduceAcks,
  Producer,
  type SASLOptions,
} from '@platformatic/kafka';

export type KafkaProducer = Producer<Buffer, Buffer, string, string>;

type Address = { readonly host: string; readonly port: number };

export async function openProducer(
  tcp: ActionTcp,
  { values }: Credential,
  { timeoutMs, idempotent }: { readonly timeoutMs: number; readonly idempotent: boolean },
): Promise<KafkaProducer> {
  const brokers = (values['brokers'] ?? '').split(',').map(brokerOf);
  const [first] = brokers;
  if (first === undefined) throw new ActionError('The credential names no broker', { code: 'credential_unusable' });
  const isEncrypted = await mustEncrypt(tcp, first, values['tls']);
  const checked = new Map<string, string>();
  const ca = values['ca'];
  const tls = {
    ...(ca === undefined ? {} : { ca }),
    // The name stays, because the certificate is for it; what it leads to was found and checked before.
    lookup: pinned(checked),
  };
  const producer: KafkaProducer = new Producer({
    clientId: 'cloudflow',
    bootstrapBrokers: brokers,
    ...(isEncrypted ? { tls, tlsServerName: true } : {}),
    ...loginOf(values),
    acks: ProduceAcks.ALL,
    idempotent,
    autocreateTopics: false,
    connectTimeout: timeoutMs,
    requestTimeout: timeoutMs,
    timeout: timeoutMs,
    // Of a request that it knows it may repeat; the retries of the step are on top.
    retries: 2,
    retryDelay: 100,
    serializers: { headerKey: utf8, headerValue: utf8 },
  });
  guard(producer.connections, async (broker) => {
    const { address, isPublic } = await tcp.addressOf(broker);
    if (isPublic && !isEncrypted && values['tls'] !== 'off') throw inPlainText(broker);
    checked.set(broker.host, address);
    return isEncrypted ? broker : { ...broker, host: address };
  });
  return producer;
}

/** Ends what it has open, in the middle of a request too. */
export function destroyConnections(producer: KafkaProducer): void {
  for (const [, connection] of producer.connections) connection.socket?.destroy();
}

function brokerOf(text: string): Address {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}

async function mustEncrypt(tcp: ActionTcp, first: Address, tls: string | undefined): Promise<boolean> {
  if (tls === 'required' || tls === 'off') return tls === 'required';
  return (await tcp.addressOf(first)).isPublic;
}

/** The cluster tells of its brokers by itself: also one in a private network may name one that is not. */
function inPlainText({ host, port }: Address): ActionError {
  const message = `The broker ${host}:${port} is on the public internet, and TLS is not spoken: set \`tls\` to \`required\``;
  return new ActionError(message, { code: 'credential_unusable' });
}

function loginOf({ username, password = '', mechanism = 'SCRAM-SHA-512' }: Credential['values']): {
  sasl?: SASLOptions;
} {
  if (!username) return {};
  return { sasl: { mechanism: mechanism as SASLOptions['mechanism'], username, password } };
}

/** Every connection of the pool is asked of `get`, also by the pool itself: the one place to say where to. */
function guard(pool: ConnectionPool, place: (broker: Address) => Promise<Address>): void {
  const get = pool.get.bind(pool);
  const guarded = (broker: Address, callback: (error: Error | null, connection?: unknown) => void): void => {
    place(broker).then(
      (at) => get(at, callback as never),
      (cause: Error) => callback(new NetworkError(cause.message, { cause, canRetry: false })),
    );
  };
  pool.get = guarded as never;
}

type Found = (error: Error | null, address: string | { address: string; family: number }[], family?: number) => void;

function pinned(checked: ReadonlyMap<string, string>) {
  return (host: string, { all }: { readonly all?: boolean | undefined }, found: Found): void => {
    const address = checked.get(host);
    if (address === undefined) return found(new Error(`${host} was not looked up`), '');
    const family = address.includes(':') ? 6 : 4;
    if (all) found(null, [{ address, family }]);
    else found(null, address, family);
  };
}

function utf8(text: string | undefined): Buffer {
  return Buffer.from(text ?? '');
}

export function asActionError(error: unknown): ActionError {
  const ours = within(error, (each) => each instanceof ActionError);
  if (ours instanceof ActionError) return ours;
  const text = error instanceof Error ? deepest(error).message : String(error);
  const refusal = within(error, (each) => 'apiId' in each) as
    | (Error & { apiId?: string; canRetry?: boolean })
    | undefined;
  const word = within(error, (each) => (each as { code?: string }).code === 'PLT_KFK_AUTHENTICATION')
    ? 'SASL_AUTHENTICATION_FAILED'
    : (refusal?.apiId ?? (text.startsWith('Unknown topic') ? 'UNKNOWN_TOPIC_OR_PARTITION' : undefined));
  if (word === undefined) {
    const isTimeout = error instanceof Error && findErrorBy(error, 'code', 'PLT_KFK_TIMEOUT') !== null;
    return new RetryableError(`The connection to Kafka failed: ${text}`, {
      code: isTimeout ? 'timeout' : 'network',
      cause: error,
    });
  }
  const facts = { code: 'provider_refused', details: { error: word }, cause: error };
  const message = `Kafka refused: ${refusal?.message ?? text}`;
  return refusal?.canRetry === true ? new RetryableError(message, facts) : new ActionError(message, facts);
}

/** The first that fits of an error, of those that it gathers, and of their causes. */
function within(error: unknown, fits: (each: Error) => boolean): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  if (fits(error)) return error;
  const gathered = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  for (const each of [...gathered, error.cause]) {
    const found = within(each, fits);
    if (found) return found;
  }
  return undefined;
}

function deepest(error: Error): Error {
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [error.cause];
  return first instanceof Error ? deepest(first) : error;
}
