/**
 * Tries that workers run: each is a task, a row that is written with the event that offers it. Whoever takes it is heard of, and
 * so is whoever gives it up; the task outlives the process that drives the execution.
 */
import { beginTry } from './begin.ts';
import type { RunInput } from './contract.ts';
import { type Decision, record } from './decision.ts';
import { isStopping } from './scope.ts';
import { settleTry } from './settle.ts';
import { findRun, isTrying, keyOf, type StepRun } from './state.ts';

type Input<Kind extends RunInput['kind']> = Extract<RunInput, { kind: Kind }>;

/** A try with which so many workers were lost is not offered again by itself: it may be what they die of. */
const MOST_LOST = 3;

export function taskClaimed(d: Decision, { key, attempt, by }: Input<'task_claimed'>): void {
  const run = taskOf(d, { key, attempt });
  if (run !== undefined && run.waiting === 'worker') record(d, { e: 'claimed', ...keyOf(run), at: d.at, by });
}

/** The same try is offered again, under the same key, unless it may run at most once and may have had its effect. */
export function taskLost(d: Decision, { key, attempt, why }: Input<'task_lost'>): void {
  const run = taskOf(d, { key, attempt });
  if (run === undefined || !isTrying(run)) return;
  const isLost = why === 'lost';
  if (isStopping(d, run.scope)) return ended(d, run, 'aborted', 'The try ended with its worker.');
  if (isLost && isAtMostOnce(run)) return ended(d, run, 'outcome_unknown', unknown);
  if (isLost && (d.state.tasks.get(run)?.lost ?? 0) + 1 >= MOST_LOST)
    return ended(d, run, 'worker_lost', `${MOST_LOST} workers were lost with this try.`);
  record(d, { e: 'requeued', ...keyOf(run), at: d.at, why });
  if (!d.state.paused) offer(d, run);
}

const unknown = 'The worker was lost during the try; it may have had its effect, and is not repeated.';

/** A pause began: what no worker has taken yet is none to take. What one has taken goes on, as any try does. */
export function takeBackTasks(d: Decision): void {
  for (const [run] of d.state.tasks)
    if (run.waiting === 'worker')
      d.effects.push({ kind: 'withdraw_task', key: keyOf(run), attempt: run.attempt, how: 'unclaimed' });
}

/** The last pause is over. A task that was taken in the moment when the pause began is still there, and is not doubled. */
export function offerAgain(d: Decision): void {
  for (const [run] of [...d.state.tasks]) if (run.waiting === 'worker') offer(d, run);
}

function offer(d: Decision, run: StepRun): void {
  beginTry(d, run.scope, run.step, run.attempt, { again: true });
}

function ended(d: Decision, run: StepRun, code: string, message: string): void {
  d.reported = { key: keyOf(run), attempt: run.attempt };
  settleTry(d, run, { error: { code, message, retryable: code === 'worker_lost' } });
}

/** Undefined when the news is late: the run is over, or at another try. */
function taskOf(d: Decision, { key, attempt }: Pick<Input<'task_lost'>, 'key' | 'attempt'>): StepRun | undefined {
  const run = findRun(d.plan, d.state, key);
  return run !== undefined && run.attempt === attempt && d.state.tasks.has(run) ? run : undefined;
}

function isAtMostOnce({ step: { work } }: StepRun): boolean {
  return work.kind === 'action' && work.delivery === 'at_most_once';
}
