/**
 * Drives a test run: answers what the rules ask, with the actions and the sandbox of the product. Tries run one after the
 * other, so that the same run takes the answers of its mocks in the same order.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { Plan } from '@cloudflow/core/definition/plan.ts';
import type { StepError } from '@cloudflow/core/run/event.ts';
import type { Answer, Question, TestRun, TestRunOptions } from '@cloudflow/core/test-run/contract.ts';
import { testRun } from '@cloudflow/core/test-run/test-run.ts';
import type { AttemptRunner } from '../action/index.ts';
import type { MockedEgress } from './mocked-egress.ts';

export type Driving = {
  /** Its tries reach the network by `egress`, and see the time of `clock`. */
  readonly attempts: Pick<AttemptRunner, 'run'>;
  readonly egress: Pick<MockedEgress, 'take'>;
  readonly clock: VirtualClock;
  readonly findWorkflow: (workflowId: string, version: string | null) => Promise<Plan | { readonly error: StepError }>;
  readonly tenantId: string;
  readonly correlationId: string;
  readonly signal: AbortSignal;
};

/** What the tries of a test run take for the time. */
export type VirtualClock = { now(): number; set(at: number): void };

export function createVirtualClock(at: number): VirtualClock {
  let now = at;
  return {
    now: () => now,
    set(to) {
      now = to;
    },
  };
}

/** Others get their turn after so long. */
const longestTurnMs = 10;

/** @throws the reason of the signal */
export async function drive(plan: Plan, options: TestRunOptions, driving: Driving): Promise<TestRun> {
  const run = testRun(plan, options);
  let since = performance.now();
  for (let asked = run.next(); ; ) {
    if (asked.done) return asked.value;
    driving.signal.throwIfAborted();
    if (asked.value.kind === 'turn') {
      if (performance.now() - since > longestTurnMs) {
        await turn();
        since = performance.now();
      }
      asked = run.next(undefined);
    } else asked = run.next(await answerTo(asked.value, driving));
  }
}

async function answerTo(question: Question, driving: Driving): Promise<Answer> {
  if (question.kind === 'try') return tryIt(question, driving);
  const found = await driving.findWorkflow(question.workflowId, question.version);
  return 'error' in found ? { kind: 'refused', error: found.error } : { kind: 'workflow', plan: found };
}

async function tryIt(
  { effect, executionId, at, byWorker }: Extract<Question, { kind: 'try' }>,
  { attempts, egress, clock, tenantId, correlationId, signal }: Driving,
): Promise<Answer> {
  if (byWorker) return { kind: 'unanswered', missing: `a worker that runs ${effect.type}` };
  clock.set(at);
  egress.take();
  const startedAt = performance.now();
  const outcome = await attempts.run({ ...effect, executionId, tenantId, correlationId }, signal);
  signal.throwIfAborted();
  const { missing, afterMs, reachedWorld } = egress.take();
  if (missing !== null) return { kind: 'unanswered', missing };
  // What happens outside takes its real time; everything else takes none.
  const real = reachedWorld ? Math.round(performance.now() - startedAt) : 0;
  return { kind: 'outcome', outcome, afterMs: afterMs + real };
}
