/** The pool of connections: bounded in size, in waiting callers and in how long they wait. */
import pg from 'pg';
import type { DatabaseLog, PoolState } from './database.ts';
import type { Deadline } from './deadline.ts';
import { DatabaseUnavailableError, isConnectionLoss } from './errors.ts';

export type BoundedPool = {
  /** Runs `use` on a connection. When `use` says that it is not usable any more, or the deadline passes, it is thrown away. */
  withClient<T>(
    deadline: Deadline,
    use: (client: pg.PoolClient) => Promise<{ readonly keep: boolean; readonly result: T }>,
  ): Promise<T>;
  state(): PoolState;
  close(): Promise<void>;
};

export type PoolOptions = {
  readonly url: string;
  readonly size: number;
  readonly log: DatabaseLog;
  /** Called when a connection was made again after one was lost. */
  readonly onReconnect?: () => void;
};

/** Callers that wait for a connection, per connection: at 2 ms a transaction the last of them waits 0.2 s. */
const waitersPerConnection = 100;
const acquireTimeoutMs = 5_000;
const closeTimeoutMs = 5_000;

export function createPool(options: PoolOptions): BoundedPool {
  const open = new Set<pg.PoolClient>();
  let lost = false;
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.size,
    connectionTimeoutMillis: acquireTimeoutMs,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    pipeline: true,
    application_name: 'cloudflow',
    types: typeParsers,
  });
  // A connection that dies while idle: the pool has removed it already, the next caller gets another one.
  pool.on('error', (error) => {
    lost = true;
    options.log.warn({ err: error }, 'an idle database connection was lost');
  });
  pool.on('connect', () => {
    if (lost) options.onReconnect?.();
    lost = false;
  });

  let closed: Promise<void> | undefined;
  const endPool = async (): Promise<void> => {
    const timer = setTimeout(() => open.forEach(destroy), closeTimeoutMs);
    await pool.end();
    clearTimeout(timer);
  };

  const acquire = async (deadline: Deadline): Promise<pg.PoolClient> => {
    deadline.check();
    if (pool.waitingCount >= options.size * waitersPerConnection) throw poolFull(options.size);
    const pending = pool.connect();
    try {
      return await deadline.race(pending);
    } catch (error) {
      pending.then(
        (client) => client.release(),
        () => undefined,
      ); // it may still come: give it back
      throw error instanceof Error && error.message.startsWith('timeout exceeded')
        ? poolFull(options.size, error)
        : error;
    }
  };

  return {
    async withClient(deadline, use) {
      let client: pg.PoolClient;
      try {
        client = await acquire(deadline);
      } catch (error) {
        if (isConnectionLoss(error)) lost = true;
        throw error;
      }
      const onError = () => {
        lost = true; // its queries report it; without a listener it would end the process
      };
      client.on('error', onError);
      open.add(client);
      let keep = false;
      deadline.onOver(() => destroy(client));
      try {
        const used = await use(client);
        keep = used.keep;
        return used.result;
      } finally {
        open.delete(client);
        if (!keep) destroy(client);
        client.release(!keep);
        client.off('error', onError);
      }
    },
    state: () => ({ open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount, size: options.size }),
    close: () => {
      closed ??= endPool();
      return closed;
    },
  };
}

const int8ArrayOid = 1016;

/** `int8` as bigint: a number would lose digits without a word, a string would compare as text. */
export const typeParsers: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === pg.types.builtins.INT8 && format !== 'binary') return BigInt;
    if (oid === int8ArrayOid && format !== 'binary') return parseInt8Array;
    return pg.types.getTypeParser(oid, format as 'text');
  },
};

function parseInt8Array(text: string): (bigint | null)[] {
  if (text === '{}') return [];
  return text
    .slice(1, -1)
    .split(',')
    .map((item) => (item === 'NULL' ? null : BigInt(item)));
}

/**
 * Closes the socket without asking: `end()` would wait for statements that are under way. The server notices (at the next
 * read, or by its `client_connection_check_interval`), and the transaction's own timeouts bound it in any case.
 */
function destroy(client: pg.ClientBase): void {
  const { connection } = client as pg.ClientBase & { readonly connection?: { readonly stream: { destroy(): void } } };
  connection?.stream.destroy();
}

function poolFull(size: number, cause?: unknown): DatabaseUnavailableError {
  return new DatabaseUnavailableError('pool_full', `all ${size} database connections were busy for too long`, cause);
}
