/** Tries of an execution that another process runs: it had the execution before, and reports what becomes of them. */
import type { RunInput, RunsElsewhere } from '@cloudflow/core/run/contract.ts';
import type { LiveExecution } from './live.ts';
import { tryName } from './try.ts';

/** True of a try that was lost, when it is not waited for (any more). */
export function isNoNews(elsewhere: Set<string>, input: RunInput): boolean {
  if (input.kind !== 'attempt_ended' && input.kind !== 'attempt_lost') return false;
  return !elsewhere.delete(tryName(input)) && input.kind === 'attempt_lost';
}

export function elsewhereOf({ elsewhere }: LiveExecution): RunsElsewhere | undefined {
  return elsewhere === null ? undefined : (key, attempt) => elsewhere.has(tryName({ key, attempt }));
}
