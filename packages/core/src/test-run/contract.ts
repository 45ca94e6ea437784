/**
 * What a test run is given, what it asks, and what it tells. It is a generator, pure as the rules are: what only somebody
 * outside can say (what an action does, which workflow a name means) is a question that it yields, and whoever drives it
 * answers, at once or after waiting.
 */
import type { Plan } from '../definition/plan.ts';
import type { Json } from '../json.ts';
import type { AttemptOutcome, Effect } from '../run/contract.ts';
import type { FinalStatus, StepError } from '../run/event.ts';
import type { StepMocks } from './step-mocks.ts';
import type { TestedStep } from './tested-steps.ts';

export type TestRunOptions = {
  readonly input: Json;
  /** The virtual moment at which it starts, in milliseconds since the epoch. */
  readonly startAt: number;
  readonly mocks?: StepMocks;
  /** Sent from outside, in virtual milliseconds after the start. */
  readonly signals?: readonly TestSignal[];
  /** When it is told to cancel, in virtual milliseconds after the start. */
  readonly cancelAfterMs?: number | undefined;
  /** What the run is called by those who see its id. */
  readonly executionId?: string;
  readonly tenantId?: string;
  readonly trigger?: Json;
  /** What the expressions of the steps see of what stands around them, when part of a workflow is run. */
  readonly outside?: { readonly [name: string]: Json } | null;
  readonly limits?: Partial<TestRunLimits>;
};

export type TestSignal = { readonly afterMs: number; readonly name: string; readonly payload: Json };

export type TestRunLimits = {
  /** Events of all executions together: a step that runs makes one to three. */
  readonly mostEvents: number;
  /** What these events hold as JSON: outputs are kept in memory until the run has ended. */
  readonly mostCharacters: number;
  /** Virtual milliseconds after the start: what would come later does not happen. */
  readonly longestMs: number;
};

export type Try = Extract<Effect, { readonly kind: 'attempt' }>;

/** Which execution asks, of those that called one another: `path` begins with the steps that called, each with a slash behind it. */
type Asked = {
  readonly executionId: string;
  readonly path: string;
  readonly stepId: string;
  /** The virtual moment. */
  readonly at: number;
};

export type Question =
  /** How does this try end? `byWorker`: nobody here runs it. */
  | (Asked & { readonly kind: 'try'; readonly effect: Try; readonly byWorker: boolean })
  /** Which workflow does a `sub_workflow` mean? */
  | (Asked & {
      readonly kind: 'workflow';
      readonly workflowId: string;
      readonly version: string | null;
    });

/** Between two moments: nothing is asked, and others may have their turn, or the run may be left where it is. */
export type Turn = { readonly kind: 'turn' };

export type Answer =
  | { readonly kind: 'outcome'; readonly outcome: AttemptOutcome; readonly afterMs: number }
  | { readonly kind: 'workflow'; readonly plan: Plan }
  | { readonly kind: 'refused'; readonly error: StepError }
  /** Nobody can say: it never ends, and stands in `unanswered` with what was missing. */
  | { readonly kind: 'unanswered'; readonly missing: string };

export type TestRunner = Generator<Question | Turn, TestRun, Answer | undefined>;

export type Unanswered = { readonly path: string; readonly stepId: string; readonly missing: string };

export type TestRun = TestedExecution & {
  /** The ids of executions that it called, or started for its items, in order; steps of theirs are in `steps` of each. */
  readonly called: readonly CalledExecution[];
  readonly unanswered: readonly Unanswered[];
  /** Keys of the mocks that nothing asked for. */
  readonly unusedMocks: readonly string[];
  /** Set when a limit ended it. */
  readonly stoppedBy: keyof TestRunLimits | null;
};

export type TestedExecution = {
  /** Not final when nothing is left to happen that it waits for. */
  readonly status: 'PENDING' | 'RUNNING' | FinalStatus;
  readonly waitReason: string | null;
  readonly output: Json;
  readonly error: StepError | null;
  /** Virtual milliseconds from the start to the end, or to what happened last. */
  readonly durationMs: number;
  /** In the order of the definition. */
  readonly steps: readonly TestedStep[];
  /** Paths of the steps that ran, in the order in which they began. */
  readonly path: readonly string[];
};

/** `path` of the step that called it; of an item also its number. */
export type CalledExecution = TestedExecution & { readonly calledBy: string; readonly workflowId: string };
