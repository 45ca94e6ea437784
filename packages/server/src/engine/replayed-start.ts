/** What a key answers that has started an execution already. */
import type { FinishedExecution, StartResult } from './engine.ts';
import type { StoredHead } from './store/read.ts';

/** Null when the execution is no longer there. */
export function replayOf(head: StoredHead | undefined): Exclude<StartResult, { kind: 'key_reused' }> | null {
  if (head === undefined) return null;
  const finished = head.finishedAt === null ? null : (head as FinishedExecution);
  return { kind: 'replayed', executionId: head.id, status: head.status, finished };
}
