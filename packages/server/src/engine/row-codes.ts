/** The small numbers that the tables of the engine hold in place of words. A released number is never given another meaning. */
import type { ExecutionStatus, Phase } from '@cloudflow/core/run/event.ts';
import type { WaitReason } from '@cloudflow/core/run/wait-reason.ts';

/**
 * `workflow_executions.status`. One that has not begun and waits by name (`paused`, `concurrency`) is held: it has a number of its own, so
 * that who looks for starts to begin does not come across it again and again.
 */
export function statusNumber(status: ExecutionStatus, waitReason: WaitReason | null): number {
  return status === 'PENDING' && waitReason !== null ? HELD : statusCode[status];
}
const HELD = 5;

/** What a filter by status looks for. */
export function statusNumbers(status: ExecutionStatus): readonly number[] {
  return status === 'PENDING' ? [statusCode.PENDING, HELD] : [statusCode[status]];
}

/** As `statusNumber`, without what is held. */
const statusCode: Readonly<Record<ExecutionStatus, number>> = {
  PENDING: 0,
  RUNNING: 1,
  COMPLETED: 2,
  FAILED: 3,
  CANCELLED: 4,
};

/** `workflow_executions.wait_reason`; null while something executes. */
export const waitReasonCode: Readonly<Record<WaitReason, number>> = {
  queue: 1,
  concurrency: 2,
  delay: 3,
  retry_backoff: 4,
  signal: 5,
  approval: 6,
  child: 7,
  lock: 8,
  paused: 9,
  rate_limit: 10,
  worker: 11,
};

/** `workflow_executions.phase`; null in the ordinary course. */
export const phaseCode: Readonly<Record<Phase, number>> = { stopping: 1, compensating: 2, on_failure: 3, on_cancel: 4 };

/** The word of a number. Throws on a number that this release does not know: a newer one wrote it. */
export const statusName = (code: number): ExecutionStatus => (code === HELD ? 'PENDING' : nameOfStatus(code));
const nameOfStatus = reader('status', statusCode);
export const waitReasonName = reader('wait_reason', waitReasonCode);
export const phaseName = reader('phase', phaseCode);

function reader<Name extends string>(column: string, codes: Readonly<Record<Name, number>>): (code: number) => Name {
  const names: (Name | undefined)[] = [];
  for (const name in codes) names[codes[name]] = name;
  return (code) => {
    const name = names[code];
    if (name === undefined)
      throw new Error(`workflow_executions.${column} holds ${code}, which this release does not know`);
    return name;
  };
}
