/**
 * Runs a workflow in virtual time, with the executions that it calls: the rules of the engine, answered by mocks and by whoever
 * drives it. Time passes only from one due moment to the next, so that a wait of three days takes no time.
 */
import type { Plan } from '../definition/plan.ts';
import { waitReason } from '../run/wait-reason.ts';
import type { TestedExecution, TestRun, TestRunLimits, TestRunner, TestRunOptions } from './contract.ts';
import { createMockedSteps } from './step-mocks.ts';
import { pathTaken, testedSteps } from './tested-steps.ts';
import { createWorld, type Inhabitant } from './world.ts';

const DEFAULT_LIMITS: TestRunLimits = {
  mostEvents: 100_000,
  mostCharacters: 500_000_000,
  longestMs: 100 * 365 * 86_400_000,
};

/** The input must have been checked against the plan. */
export function* testRun(plan: Plan, options: TestRunOptions): TestRunner {
  const { startAt, input, mocks = {}, signals = [], cancelAfterMs, outside = null } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const mocked = createMockedSteps(mocks);
  const world = createWorld({ mocked, tenantId: options.tenantId ?? ZERO_ID });
  const trigger = options.trigger ?? { type: 'test' };
  const root = world.begin(plan, { id: options.executionId ?? ZERO_ID, at: startAt, input, trigger, outside });
  for (const { afterMs, name, payload } of signals) {
    const at = startAt + afterMs;
    world.tell(root, { kind: 'signal', at, name, payload });
  }
  if (cancelAfterMs !== undefined) world.tell(root, { kind: 'cancel', at: startAt + cancelAfterMs });
  let stoppedBy: TestRun['stoppedBy'] = null;
  while (stoppedBy === null && world.step(startAt + limits.longestMs)) {
    for (let question = world.ask(); question !== undefined; question = world.ask()) {
      const answer = yield question;
      if (answer === undefined) throw new Error('a question was not answered');
      world.answer(answer);
    }
    yield { kind: 'turn' };
    if (world.events() > limits.mostEvents) stoppedBy = 'mostEvents';
    else if (world.characters() > limits.mostCharacters) stoppedBy = 'mostCharacters';
  }
  if (stoppedBy === null && world.goesOn()) stoppedBy = 'longestMs';
  const tested = (inhabitant: Inhabitant) => testedExecution(inhabitant, world.isMocked);
  return {
    ...tested(root),
    called: world.called().map(({ calledBy, ...each }) => ({
      calledBy,
      workflowId: each.execution.plan.workflowId,
      ...tested({ calledBy, ...each }),
    })),
    unanswered: world.unanswered(),
    unusedMocks: mocked.unused(),
    stoppedBy,
  };
}

const ZERO_ID = '00000000-0000-7000-8000-000000000000';

function testedExecution({ execution, startedAt }: Inhabitant, isMocked: (path: string) => boolean): TestedExecution {
  const { state, end, events, context } = execution;
  const steps = testedSteps(execution, (path) => isMocked(context.callPath + path));
  return {
    status: state.status,
    waitReason: end === undefined ? waitReason(state) : null,
    output: end?.output ?? null,
    error: state.error ?? end?.error ?? null,
    durationMs: Math.max(0, (state.endedAt ?? state.lastAt) - startedAt),
    steps,
    path: pathTaken(events, steps),
  };
}
