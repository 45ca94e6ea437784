/** The steps of an execution as people see them: one row per step run, in the order of the definition. */
import type { Plan, PlanStep } from '../definition/plan.ts';
import { masked } from '../definition/sensitive.ts';
import type { Json } from '../json.ts';
import type { RunContext } from './contract.ts';
import type { StepError, StepStatus } from './event.ts';
import { isFinal, pathOf, type RunState, roundOf, type Scope, type StepRun } from './state.ts';
import { givenTo } from './step-input.ts';

export type StepRow = {
  readonly step_id: string;
  readonly path: string;
  /** How often a `goto` had begun the step again: each round is a row. */
  readonly round: number;
  readonly type: string;
  /** True of an outcome that a retry took over: the step ran in the execution that this one is a retry of. */
  readonly adopted: boolean;
  readonly status: StepStatus;
  /** Number of the current or last try; 0 for a step without tries, or one that never began. */
  readonly attempt: number;
  /** What its tries were given; null when that is not known. Asked for row by row: it may cost an evaluation. */
  readonly input: (context: RunContext) => Json;
  readonly output: Json;
  readonly error: StepError | null;
  /** Milliseconds since the epoch. */
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
};

export function stepRows(plan: Plan, state: RunState): readonly StepRow[] {
  const rows = new Map<number, StepRow[]>();
  const add = (step: PlanStep, row: StepRow) => {
    const of = rows.get(step.index);
    if (of === undefined) rows.set(step.index, [row]);
    else of.push(row);
  };
  for (const scope of state.scopes.values()) {
    for (const run of scope.past === null ? [] : [...scope.past.values()].flat())
      add(run.step, rowOf(run, plan, state));
    for (const run of scope.runs.values()) add(run.step, rowOf(run, plan, state));
    for (const index of scope.past?.keys() ?? []) {
      const step = plan.steps[index];
      if (step !== undefined && !scope.runs.has(index)) add(step, comingRound(plan, state, { scope, step }));
    }
  }
  return plan.steps.flatMap((step) => rows.get(step.index) ?? neverRan(plan, state, step));
}

/** A `goto` has led back before the step, and it has not begun again. */
function comingRound(plan: Plan, state: RunState, { scope, step }: { scope: Scope; step: PlanStep }): StepRow {
  const status = state.endedAt !== null || scope.closed ? 'SKIPPED' : 'QUEUED';
  return rowWithoutRun(step, { path: pathOf(plan, step, scope), round: roundOf(scope, step), status });
}

function rowOf(run: StepRun, plan: Plan, state: RunState): StepRow {
  const { step, scope, round, status, attempt, output, endedAt } = run;
  const began = status === 'SKIPPED' && !run.withdrawn ? null : run.startedAt;
  return {
    step_id: step.id,
    path: pathOf(plan, step, scope),
    round,
    type: step.type,
    adopted: run.endOrder > 0 && run.endOrder <= (state.adopted ?? 0),
    status,
    attempt,
    input: (context) => shown(step, givenTo(run, { plan, state, context })),
    output: shown(step, output),
    error: run.withdrawn
      ? { code: 'withdrawn', message: 'The step was withdrawn before it ended.' }
      : status === 'SKIPPED'
        ? null
        : run.error,
    startedAt: began,
    finishedAt: endedAt,
  };
}

/** What is null hides nothing: it says that there is none. */
function shown({ sensitive }: PlanStep, value: Json): Json {
  return sensitive && value !== null ? masked : value;
}

/** One row for a step that has not run: QUEUED while it still may, SKIPPED when it cannot any more. What only undoes, or comes last, shows when it runs. */
function neverRan(plan: Plan, state: RunState, step: PlanStep): readonly StepRow[] {
  const kind = plan.blocks[step.block]?.kind;
  const over = state.endedAt !== null;
  if (kind === 'compensation') return [];
  if (!over && (kind === 'handler' || kind === 'on_failure' || kind === 'on_cancel')) return [];
  const status = over || isPast(plan, state, step) ? 'SKIPPED' : 'QUEUED';
  return [rowWithoutRun(step, { path: plannedPath(plan, step), round: 0, status })];
}

function rowWithoutRun(step: PlanStep, of: Pick<StepRow, 'path' | 'round' | 'status'>): StepRow {
  return {
    step_id: step.id,
    path: of.path,
    round: of.round,
    type: step.type,
    adopted: false,
    status: of.status,
    attempt: 0,
    input: () => null,
    output: null,
    error: null,
    startedAt: null,
    finishedAt: null,
  };
}

/** True when a step around this one has ended or chosen another block. */
function isPast(plan: Plan, state: RunState, step: PlanStep): boolean {
  const block = plan.blocks[step.block];
  if (block === undefined || block.owner === null) return false;
  const owner = plan.steps[block.owner];
  if (owner === undefined) return false;
  const runs = [...runsOf(state, owner)];
  if (runs.length === 0) return isPast(plan, state, owner);
  return runs.every(
    (run) => isFinal(run.status) || (run.inner.length > 0 && !run.inner.some((scope) => scope.block === step.block)),
  );
}

function* runsOf(state: RunState, step: PlanStep): Generator<StepRun> {
  for (const scope of state.scopes.values()) {
    const run = scope.runs.get(step.index);
    if (run !== undefined) yield run;
  }
}

function plannedPath(plan: Plan, step: PlanStep): string {
  const block = plan.blocks[step.block];
  const owner = block === undefined || block.owner === null ? undefined : plan.steps[block.owner];
  if (block === undefined || block.kind === 'top') return step.id;
  return owner === undefined ? `$${block.kind}.${step.id}` : `${plannedPath(plan, owner)}.${block.name}.${step.id}`;
}

/** The variables as the journal has them. */
export function variables(state: RunState): { readonly [name: string]: Json } {
  return state.vars;
}
