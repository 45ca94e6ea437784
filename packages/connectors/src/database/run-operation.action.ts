/** Runs statements in a database of the tenant. */
import { type ActionContext, configInvalid, credentialOf, defineAction, serverErrors } from '@cloudflow/sdk/index.ts';
import { placeOf } from './database-place.ts';
import { openMysql } from './mysql.ts';
import {
  defaultMaxRows,
  type OperationConfig,
  type OperationOutput,
  operationConfig,
  operationOutput,
} from './operation-config.ts';
import { openPostgres } from './postgres.ts';
import type { DatabasePlace, OpenSession, Session, Statement } from './session.ts';

const maxBytes = 10 * 1024 * 1024;
const openers: Readonly<Record<DatabasePlace['kind'], OpenSession>> = { postgres: openPostgres, mysql: openMysql };

export default defineAction({
  type: 'database_operation',
  title: 'Database operation',
  description:
    'Runs a statement, or several in one transaction, in a PostgreSQL or MySQL database. A connection is opened for the try and ' +
    'closed with it; the database is told the deadline of the try, and a step that is cancelled cancels its statement there. ' +
    'Values become JSON without loss: whole numbers beyond 2^53 and `numeric` are text, timestamps with a zone RFC 3339 in UTC, ' +
    'bytes base64. A try whose answer is lost may have had its effect, and another follows: write statements that may run twice, ' +
    'with `on conflict` or a key such as `${execution.id}`. A step without `config` runs the operation that is registered under its ' +
    'id (`PUT /registry/operations/{name}`).',
  category: 'storage',
  icon: 'database',
  version: 1,
  config: operationConfig,
  output: operationOutput,
  errors: [
    {
      code: 'database',
      retryable: 'depends',
      description:
        'The database refused the statement (`details.sqlstate`, with `constraint`, `table`, `column`, `position` where it says so). ' +
        'Serialization failures, deadlocks, missing resources and restarts are tried again, nothing else.',
    },
    ...serverErrors,
    {
      code: 'operation_unknown',
      retryable: 'never',
      description: 'The step has no `config`, and no operation is registered under its id.',
    },
    {
      code: 'operation_unavailable',
      retryable: 'always',
      description: 'The registered operation could not be read.',
    },
    { code: 'config_invalid', retryable: 'never', description: '`params` does not fit `sql`.' },
    {
      code: 'response_too_large',
      retryable: 'never',
      description: 'The rows are more than `max_rows`, or over 10 MB.',
    },
  ],
  defaultTimeoutMs: 30_000,
  effect: 'external',
  registered: true,

  async run(context) {
    const { config, tcp, timeoutMs } = context;
    const statements = statementsOf(config);
    const credential = await credentialOf(context, config.credential, ['postgres', 'mysql', 'database']);
    const place = placeOf(config.credential, credential);
    const session = await openers[place.kind](tcp, place, {
      maxRows: config.max_rows ?? defaultMaxRows,
      maxBytes,
      timeoutMs,
    });
    return stoppable(context, session, () => runAll(session, statements, config.operation === 'transaction'));
  },
});

/** While `work` runs, the end of the try cancels what runs in the database. */
async function stoppable<T>(
  { signal, log }: ActionContext<unknown>,
  session: Session,
  work: () => Promise<T>,
): Promise<T> {
  let cancelling: Promise<void> | undefined;
  const cancel = (): void => {
    cancelling = session.cancel().catch((error: unknown) => {
      log.warn({ error: String(error) }, 'a statement could not be cancelled: it runs until its own deadline');
    });
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    signal.throwIfAborted();
    return await work();
  } finally {
    signal.removeEventListener('abort', cancel);
    await cancelling;
    await session.close();
  }
}

async function runAll(
  session: Session,
  statements: readonly Statement[],
  isTransaction: boolean,
): Promise<OperationOutput> {
  if (isTransaction) await session.begin();
  const results: OperationOutput[] = [];
  for (const statement of statements) results.push(await session.run(statement));
  if (isTransaction) await session.commit();
  const { rows = [], row_count = 0 } = results.at(-1) ?? {};
  return isTransaction ? { rows, row_count, results } : { rows, row_count };
}

function statementsOf({ operation, sql, params = [] }: OperationConfig): readonly Statement[] {
  if (typeof sql === 'string') return [{ sql, params }];
  if (operation !== 'transaction') throw configInvalid('/sql', 'is a list, which only a `transaction` takes');
  if (params.length > sql.length) throw configInvalid('/params', 'has more lists than `sql` has statements');
  return sql.map((text, at) => {
    const own = params[at] ?? [];
    if (!Array.isArray(own)) throw configInvalid(`/params/${at}`, 'is no list: each statement takes a list of its own');
    return { sql: text, params: own };
  });
}
