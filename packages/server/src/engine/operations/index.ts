/** Operations put together: their doors, and who does them. */
import type { Clock } from '../../kernel/clock/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { Logger } from '../../kernel/log/log.ts';
import type { WorkflowSource } from '../../workflow/index.ts';
import type { Engine } from '../engine.ts';
import type { Reading } from '../reading.ts';
import { createRetries } from '../retry-execution.ts';
import { createMakeOperation } from './make-operation.ts';
import { createOperationStore } from './operation-store.ts';
import { operationRoutes } from './routes.ts';
import { createOperationWorker } from './worker.ts';

export type OperationDeps = {
  readonly engine: Engine;
  readonly workflows: WorkflowSource;
  readonly reading: Reading;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
};

export function createOperations({ engine, workflows, reading, database, clock, log }: OperationDeps) {
  const worker = createOperationWorker({
    store: createOperationStore(database),
    retries: createRetries({ engine, workflows, reading, database, clock }),
    log,
  });
  const makeOperation = createMakeOperation({ database, workflows, clock });
  return { worker, routes: operationRoutes({ database, makeOperation, hint: worker.hint }) };
}
