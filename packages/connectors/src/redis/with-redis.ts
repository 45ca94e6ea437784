/** One connection to Redis for one try, and its refusals as errors of the step. */
import {
  type ActionContext,
  ActionError,
  type ActionErrorCode,
  credentialName,
  credentialOf,
  providerRefused,
  RetryableError,
  serverErrors,
  type TcpConnection,
} from '@cloudflow/sdk/index.ts';
import { AbstractConnector, Redis, type RedisOptions } from 'ioredis';
import Type from 'typebox';

export const credential = credentialName('of the type `redis`.');
export const key = Type.String({ minLength: 1, maxLength: 65_536, description: 'The key.' });
export const errors: readonly ActionErrorCode[] = [
  providerRefused('`details.error` is the first word of what Redis answers, such as `WRONGTYPE` or `NOPERM`.'),
  ...serverErrors,
];

/** Text goes as it is, everything else as JSON. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

type Stream = Awaited<ReturnType<AbstractConnector['connect']>>;

/** Hands `work` a client that is logged in, and closes it. Throws `ActionError` only. */
export async function withRedis<T>(
  context: ActionContext<{ readonly credential: string }>,
  work: (redis: Redis) => Promise<T>,
): Promise<T> {
  const { config, signal, tcp, timeoutMs } = context;
  const { values } = await credentialOf(context, config.credential, ['redis']);
  const { host = '', port = '6379', username, password, database = '0', tls, ca } = values;
  const place = { host, port: Number(port) };
  const about = `${host}:${port}`;
  const open = async (): Promise<Stream> => {
    const options = { tls: ca === undefined ? {} : { ca } };
    if (tls === 'required') return (await tcp.connect(place, options)).socket as Stream;
    const plain: TcpConnection = await tcp.connect(place);
    if (tls === 'off' || !plain.isPublic) return plain.socket as Stream;
    // The address is known only now: over the internet nothing goes in plain text unasked.
    plain.socket.destroy();
    return (await tcp.connect(place, options)).socket as Stream;
  };
  let failed: unknown;
  const redis = new Redis({
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    db: Number(database),
    Connector: connectorOf(open, (error) => {
      failed = error;
    }),
    lazyConnect: true,
    enableReadyCheck: false,
    connectTimeout: timeoutMs,
    // Whether a command that got no answer is sent again is for the retries of the step to say.
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
  });
  redis.on('error', (error) => {
    failed ??= error;
  });
  const stop = (): void => redis.disconnect();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await redis.connect();
    return await work(redis);
  } catch (error) {
    throw asActionError(failed ?? error, about);
  } finally {
    signal.removeEventListener('abort', stop);
    redis.disconnect();
  }
}

function connectorOf(
  open: () => Promise<Stream>,
  onFailure: (error: unknown) => void,
): NonNullable<RedisOptions['Connector']> {
  return class extends AbstractConnector {
    constructor() {
      super(1_000);
    }
    override async connect(): Promise<Stream> {
      try {
        this.stream = await open();
        return this.stream;
      } catch (error) {
        onFailure(error);
        throw error;
      }
    }
  };
}

/** It is loading, has no memory, or does not know its master: what passes. */
const passing = new Set(['LOADING', 'BUSY', 'OOM', 'TRYAGAIN', 'CLUSTERDOWN', 'MASTERDOWN', 'READONLY', 'NOREPLICAS']);

function asActionError(error: unknown, about: string): ActionError {
  if (error instanceof ActionError) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (!(error instanceof Error) || error.name !== 'ReplyError')
    return new RetryableError(`The connection to ${about} failed: ${text}`, { code: 'network', cause: error });
  const [word = ''] = text.split(' ');
  const facts = { code: 'provider_refused', details: { error: word }, cause: error };
  return passing.has(word) ? new RetryableError(text, facts) : new ActionError(text, facts);
}
