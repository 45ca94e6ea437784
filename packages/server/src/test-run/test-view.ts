/** A test run as the API shows it: virtual times, and where each outcome is from. */
import { pointerTo } from '@cloudflow/core/definition/pointer.ts';
import type { TestedExecution } from '@cloudflow/core/test-run/contract.ts';
import type { Pinned } from '@cloudflow/core/test-run/part-of-plan.ts';
import type { TestedStep } from '@cloudflow/core/test-run/tested-steps.ts';
import { problem } from '../kernel/errors/problem.ts';
import type { FinishedTest } from './service.ts';

/** Of the answer as JSON. */
const mostCharacters = 8_000_000;

export type Viewed = { readonly startAt: number; readonly pinned: Pinned };

/** The JSON text of the answer. Throws `test_run_too_long`. */
export function testText({ run, part, unusedHttp }: FinishedTest, { startAt, pinned }: Viewed): string {
  const ofPart = { ...run, steps: run.steps.filter(({ step_id }) => part.steps === null || part.steps.has(step_id)) };
  const view = {
    ...executionView(ofPart, pinned),
    started_at: new Date(startAt).toISOString(),
    called: run.called.map((each) => ({
      called_by: each.calledBy,
      workflow_id: each.workflowId,
      ...executionView(each, {}),
    })),
    unused_mocks: [
      ...run.unusedMocks.map((key) => pointerTo('/mocks/steps', key)),
      ...unusedHttp.map((place) => pointerTo('/mocks/http', place)),
    ],
  };
  const text = JSON.stringify(view);
  if (text.length <= mostCharacters) return text;
  const detail =
    'What its steps were given and gave is over 8 million characters long: run it up to a step, or on less.';
  throw problem('test_run_too_long', { detail });
}

function executionView(tested: TestedExecution, pinned: Pinned) {
  const { status, waitReason, output, error, durationMs, path, steps } = tested;
  return {
    status,
    wait_reason: waitReason,
    output,
    error,
    duration_ms: durationMs,
    path,
    steps: steps.map((step) => stepView(step, Object.hasOwn(pinned, step.step_id))),
  };
}

function stepView({ startedAt, finishedAt, mocked, ...step }: TestedStep, isPinned: boolean) {
  return {
    ...step,
    source: isPinned ? 'pinned' : mocked ? 'mock' : 'run',
    started_at: iso(startedAt),
    finished_at: iso(finishedAt),
    duration_ms: startedAt === null || finishedAt === null ? null : finishedAt - startedAt,
  };
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
