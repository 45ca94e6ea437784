/** What a runner needs of its neighbours, and what it tells them. */
import type { RunInput } from '@cloudflow/core/run/contract.ts';
import type { GateEffect } from '@cloudflow/core/run/state.ts';
import type { Clock } from '../../kernel/clock/clock.ts';
import type { Logger } from '../../kernel/log/log.ts';
import type { CommitResult } from '../journal/entry.ts';
import type { Snapshots } from '../snapshots/snapshots.ts';
import type { Asked } from './child-resolver.ts';
import type { LiveExecution } from './live.ts';
import type { Storing } from './storing.ts';
import type { HeapTimer } from './timer-heap.ts';
import type { Try, TryKey } from './try.ts';

export type RunnerDeps = {
  readonly clock: Clock;
  readonly log: Logger;
  /** Something is to be flushed. */
  readonly wakeLane: () => void;
  /** Starts a try; its outcome comes back through `hear`. */
  readonly beginTry: (live: LiveExecution, effect: Try) => void;
  /** Asks what a `sub_workflow` is to start; the answer comes back through `hear`. */
  readonly resolveChild: (live: LiveExecution, effect: Asked) => void;
  /** The journal of an execution is committed up to this row. */
  readonly onWritten: (executionId: string, seq: number) => void;
  readonly abortTry: (live: LiveExecution, effect: TryKey) => void;
  /** Nobody waits any more for what runs elsewhere of it. */
  readonly stopElsewhere: (live: LiveExecution, names: readonly string[]) => void;
  readonly armTimer: (timer: HeapTimer) => void;
  /** It is due, and moves nothing before the end of a pause. */
  readonly onAsleep: (timer: HeapTimer) => void;
  /** What became of a start. Never, when the lane is closed before it could tell. */
  readonly onStartSettled: (live: LiveExecution, result: CommitResult) => void;
  /** It is ours, but what is in memory of it is of no use: read it again, after a while. */
  readonly readAnew: (live: LiveExecution) => void;
  /** True when a gate of the execution's own shard has taken the ask or the leave: it is written with what was decided. */
  readonly atOwnGate: (live: LiveExecution, effect: GateEffect) => boolean;
  /** The end has been committed. */
  readonly onEnded: (live: LiveExecution) => void;
  /** What it has not been told yet of pauses of its workflow and tenant, and of their ends. */
  readonly pausesFor: (live: LiveExecution) => readonly RunInput[];
  readonly resumesFor: (live: LiveExecution) => readonly RunInput[];
  readonly onConsumed: (inboxIds: readonly string[]) => void;
  /** What was on trial has moved, or is in memory no more, and the process lives. */
  readonly onSurvived: (executionId: string) => void;
  /** Where large values go before the entries that refer to them. */
  readonly storing: Pick<Storing, 'add' | 'takeReady'>;
  /** Keeps the states of long executions. */
  readonly snapshots: Pick<Snapshots, 'taken' | 'evicted' | 'settled'>;
};
