/** What one worker asks of the database, under its own name. */
import { randomUUID } from 'node:crypto';
import type { Database } from '../../kernel/db/database.ts';
import { bulkPage } from '../store/bulk-targets.ts';
import { completeOperation, leaveOperation, notePage, takeOperation } from '../store/operations.ts';
import { type CommandPage, inboxIsLong, sendCommands } from '../store/send-commands.ts';
import type { PageResult, Taken, Target } from './operation.ts';

export type OperationStore = ReturnType<typeof createOperationStore>;

type Range = { readonly after: string | null; readonly until: string; readonly limit: number };

export function createOperationStore(database: Database) {
  const worker = randomUUID();
  return {
    take: (holdMs: number) => takeOperation(database, worker, holdMs),
    leave: (id: string, afterMs: number) => leaveOperation(database, worker, id, afterMs),
    complete: (id: string) => completeOperation(database, worker, id),
    notePage: (taken: Taken, result: PageResult) => notePage(database, worker, taken, result),
    sendCommands: (page: Omit<CommandPage, 'worker'>) => sendCommands(database, { ...page, worker }),
    inboxIsLong: (most: number) => inboxIsLong(database, most),
    page(tenantId: string, { action, filter }: Target, { after, until, limit }: Range) {
      // Both are upper bounds of the id: the lower of the two holds.
      const before = filter.before === undefined || filter.before > until ? until : filter.before;
      return bulkPage(database, tenantId, { action, filter: { ...filter, before } }, { after, limit });
    },
  };
}
