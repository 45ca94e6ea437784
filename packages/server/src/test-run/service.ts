/**
 * Test runs: a workflow in virtual time, answered by mocks and pinned outputs. Nothing is journalled, no execution exists, and
 * nothing outside is touched unless the caller wants it so.
 */
import type { Plan } from '@cloudflow/core/definition/plan.ts';
import type { Json } from '@cloudflow/core/json.ts';
import type { StepError } from '@cloudflow/core/run/event.ts';
import type { TestRunLimits, TestSignal, Unanswered } from '@cloudflow/core/test-run/contract.ts';
import type { HttpMock } from '@cloudflow/core/test-run/http-mocks.ts';
import type { StepMocks } from '@cloudflow/core/test-run/step-mocks.ts';
import type { Actions, OpensCredentials } from '../action/index.ts';
import type { Egress } from '../kernel/egress/egress.ts';
import { type Problem, type ProblemError, problem } from '../kernel/errors/problem.ts';
import { callRefusal, type WorkflowSource } from '../workflow/index.ts';
import { type MockedRun, runMocked } from './mocked-run.ts';
import { type Part, partOf, type RequestedPart } from './requested-part.ts';

export type TestRequest = RequestedPart & {
  readonly tenantId: string;
  readonly plan: Plan;
  readonly input: Json;
  readonly mocks: { readonly steps?: StepMocks; readonly http?: readonly HttpMock[] };
  readonly signals: readonly TestSignal[];
  readonly cancelAfterMs: number | undefined;
  readonly startAt: number;
  readonly executionId: string;
  /** What no mock answers is really done. */
  readonly effects: boolean;
  readonly correlationId: string;
  readonly signal: AbortSignal;
};

export type FinishedTest = MockedRun & { readonly part: Part };

export type TestRuns = {
  /** Throws `input_invalid`, `unknown_step`, `mocks_missing`, `test_run_too_long`, `overloaded`. */
  run(request: TestRequest): Promise<FinishedTest>;
};

export type TestRunDeps = {
  readonly within: Actions['within'];
  readonly egress: Egress;
  readonly openCredential: OpensCredentials;
  readonly workflows: Pick<WorkflowSource, 'resolveForStart'>;
  readonly limits?: Partial<TestLimits>;
};

export type TestLimits = {
  /** Real milliseconds. */
  readonly deadlineMs: number;
  /** At once, in this process and of one tenant. */
  readonly ofProcess: number;
  readonly ofTenant: number;
} & TestRunLimits;

const defaultLimits: TestLimits = {
  deadlineMs: 30_000,
  ofProcess: 16,
  ofTenant: 4,
  mostEvents: 50_000,
  mostCharacters: 32_000_000,
  longestMs: 10 * 365 * 86_400_000,
};

export function createTestRuns(deps: TestRunDeps): TestRuns {
  const limits = { ...defaultLimits, ...deps.limits };
  const running = new Map<string, number>();

  /** Undone by what it returns. */
  function takePlace(tenantId: string): () => void {
    const own = running.get(tenantId) ?? 0;
    const all = [...running.values()].reduce((sum, each) => sum + each, 0);
    if (own >= limits.ofTenant || all >= limits.ofProcess)
      throw problem('overloaded', { detail: 'Too many test runs are under way.', retryAfter: 1 });
    running.set(tenantId, own + 1);
    return () => {
      const left = (running.get(tenantId) ?? 1) - 1;
      if (left === 0) running.delete(tenantId);
      else running.set(tenantId, left);
    };
  }

  async function driven(request: TestRequest, part: Part): Promise<FinishedTest> {
    const { tenantId, correlationId, mocks, effects, input, startAt, executionId, signals, cancelAfterMs } = request;
    const deadline = AbortSignal.timeout(limits.deadlineMs);
    const findWorkflow = (id: string, version: string | null) => called(deps, request, { id, version });
    const options = { input, startAt, executionId, signals, cancelAfterMs, limits, outside: part.outside };
    const { within, openCredential } = deps;
    const world = effects ? deps.egress : null;
    const signal = AbortSignal.any([request.signal, deadline]);
    const around = { within, openCredential, world, http: mocks.http ?? [], tenantId, correlationId };
    try {
      const asked = { ...options, mocks: mocks.steps ?? {} };
      return { ...(await runMocked(part.plan, asked, { ...around, findWorkflow, signal })), part };
    } catch (error) {
      if (deadline.aborted) throw tooLong(`It did not end within ${limits.deadlineMs / 1000} s.`);
      throw error;
    }
  }

  return {
    async run(request) {
      const part = partOf(request.plan, request, request.input);
      const errors = request.step === undefined ? request.plan.checkInput(request.input) : [];
      if (errors.length > 0)
        throw problem('input_invalid', {
          errors: errors.map((each) => ({ ...each, pointer: `/input${each.pointer}` })),
        });
      const leave = takePlace(request.tenantId);
      try {
        const finished = await driven(request, part);
        const { unanswered, stoppedBy } = finished.run;
        if (unanswered.length > 0) throw unansweredSteps(unanswered);
        if (stoppedBy !== null) throw tooLong(limitText(stoppedBy, limits));
        return finished;
      } finally {
        leave();
      }
    },
  };
}

/** A workflow may call itself: then it is the one that is tested. */
async function called(
  { workflows }: TestRunDeps,
  { plan, tenantId }: TestRequest,
  { id, version }: { readonly id: string; readonly version: string | null },
): Promise<Plan | { readonly error: StepError }> {
  if (id === plan.workflowId && (version === null || version === plan.version)) return plan;
  try {
    const found = await workflows.resolveForStart(tenantId, id, version ?? undefined);
    return found.plan;
  } catch (error) {
    return { error: callRefusal(error) };
  }
}

function unansweredSteps(unanswered: readonly Unanswered[]): Problem {
  const byStep = new Map<string, Unanswered>(unanswered.map((each) => [each.stepId, each]));
  const steps = [...byStep.values()];
  return problem('mocks_missing', {
    detail: `Nothing answers ${steps.map(({ stepId, missing }) => `${stepId} (${missing})`).join(', ')}.`,
    errors: steps.map(unansweredStep),
  });
}

function unansweredStep({ stepId, path, missing }: Unanswered): ProblemError {
  const key = path.includes('/') ? path : stepId;
  return {
    pointer: `/mocks/steps/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    code: 'missing',
    message: `The step ${key} asks for ${missing}, and no mock answers.`,
    suggestion: `"mocks": {"steps": {"${key}": {"output": …}}}, or an answer in "http", or "pinned": {"${stepId}": …}`,
  };
}

function tooLong(detail: string): Problem {
  return problem('test_run_too_long', { detail });
}

function limitText(stoppedBy: keyof TestRunLimits, { mostEvents, mostCharacters, longestMs }: TestLimits): string {
  const texts: Readonly<Record<keyof TestRunLimits, string>> = {
    mostEvents: `It had ${mostEvents} events, and went on.`,
    mostCharacters: `What its steps were given and gave is over ${mostCharacters} characters long.`,
    longestMs: `It went on after ${Math.round(longestMs / 86_400_000)} days of virtual time.`,
  };
  return texts[stoppedBy];
}
