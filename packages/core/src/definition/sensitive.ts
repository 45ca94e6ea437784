/**
 * What a sensitive step gives must be kept nowhere in plain text. By reference: a step that takes from the output of a sensitive
 * one is sensitive, so is the step whose block holds one (its output may be that of the inner step), and so on until nothing
 * changes. What is kept beyond the events of a step (variables, keys, times, rows of other executions) is not encrypted, and is
 * refused.
 *
 * Which way a workflow went (statuses, times, counts, the case of a switch) is not hidden.
 */
import type { Expression, Reference, Template } from '../expression/expression.ts';
import type { Issues } from './issues.ts';
import { referencesOf } from './looks.ts';
import type { Plan, PlanBlock, PlanStep } from './plan.ts';
import { refusePlainText } from './sensitive-sinks.ts';

/** What stands for a value that is not shown. */
export const masked = '***';
/** What stands for what an error said. */
export const unsaid = 'The step is sensitive: what the error says is not kept.';

/** Asked of what was kept, so by the id of the step. */
export function isSensitive({ hasSensitive, steps, stepIndex }: Plan, stepId: string): boolean {
  return hasSensitive && steps[stepIndex.get(stepId) ?? -1]?.sensitive === true;
}

type Parts = Pick<Plan, 'steps' | 'blocks' | 'stepIndex' | 'output'>;
type Spread = { readonly steps: readonly PlanStep[]; readonly hidesOutput: boolean };

/** Steps of which it is said come in marked. */
export function spreadSensitive(parts: Parts, issues: Issues): Spread {
  if (!parts.steps.some(({ sensitive }) => sensitive)) return { steps: parts.steps, hidesOutput: false };
  const marks = createMarks(parts);
  spread(parts, marks);
  for (const step of parts.steps) refusePlainText(step, { parts, marks, issues });
  const steps = parts.steps.map((step) =>
    step.sensitive === marks.isSensitive(step) ? step : { ...step, sensitive: marks.isSensitive(step) },
  );
  return { steps, hidesOutput: hidesOutput(parts, marks) };
}

export type Marks = ReturnType<typeof createMarks>;

/**
 * `given`: what the step itself is given, or does, is sensitive; `made`: its output may be. Apart, because a block with a
 * sensitive step inside gives something sensitive, while its items are no more so than before.
 */
function createMarks({ steps, blocks, stepIndex }: Parts) {
  const given = new Set<PlanStep>();
  const made = new Set<PlanStep>();
  const ownerOf = ({ block }: PlanStep): PlanStep | undefined => steps[blocks[block]?.owner ?? -1];

  /** The steps that hold this one, the nearest first, each with its block that leads here. */
  function* around(step: PlanStep): Generator<readonly [PlanStep, PlanBlock]> {
    for (let at: PlanStep = step; ; ) {
      const block = blocks[at.block];
      const owner = ownerOf(at);
      if (owner === undefined || block === undefined) return;
      yield [owner, block];
      at = owner;
    }
  }

  function madeBy(step: PlanStep | undefined): boolean {
    return step !== undefined && made.has(step);
  }

  /** Whether the reference, in an expression of this step, may give something sensitive. */
  function isTaken({ name, path: [first, second] }: Reference, step: PlanStep | null): boolean {
    if (name === 'steps') {
      if (typeof second === 'string' && second !== 'output') return false;
      if (typeof first !== 'string') return steps.some((each) => made.has(each));
      return madeBy(steps[stepIndex.get(first) ?? -1]);
    }
    if (step === null) return false;
    const here = [step, ...[...around(step)].map(([owner]) => owner)];
    const named = here.filter(({ work }) => work.kind === 'for_each' && work.as === name);
    if (named.length > 0) return named.some((each) => given.has(each));
    if (plain.has(name)) return false;
    if (name === 'loop') return first !== 'index' && here.some((each) => each.work.kind === 'loop' && made.has(each));
    if (name === 'arrival') return here.some((each) => takesArrivals(each) && given.has(each));
    return made.has(step); // what a `for_each` sees of its own results
  }

  return {
    given,
    made,
    around,
    takes: (source: Expression | Template | null, step: PlanStep | null) =>
      source?.references.some((each) => isTaken(each, step)) === true,
    isTaken,
    isSensitive: (step: PlanStep) => given.has(step) || made.has(step),
  };
}

/** Names that never hold what a step gave: variables, inputs and keys are refused it, and errors of sensitive steps say nothing. */
const plain: ReadonlySet<string> = new Set([
  'input',
  'vars',
  'execution',
  'workflow',
  'tenant',
  'trigger',
  'secrets',
  'error',
  'signal',
  'index',
  'result',
  // Of `complete_when`: counts.
  'done',
  'succeeded',
  'failed',
  'total',
]);

/** Every step once, and again those that read what was found to be sensitive: the order of the document does not matter. */
function spread(parts: Parts, marks: Marks): void {
  const readers = readersOf(parts, marks);
  const queue = [...parts.steps];
  for (const step of queue) for (const found of markStep(step, parts, marks)) queue.push(...(readers.get(found) ?? []));
}

/** By step: those whose marks may follow from its marks. */
function readersOf({ steps, stepIndex }: Parts, { around }: Marks): ReadonlyMap<PlanStep, readonly PlanStep[]> {
  const readers = new Map<PlanStep, PlanStep[]>();
  const note = (of: PlanStep | undefined, reader: PlanStep): void => {
    if (of === undefined) return;
    const known = readers.get(of);
    if (known === undefined) readers.set(of, [reader]);
    else if (known.at(-1) !== reader) known.push(reader);
  };
  for (const step of steps) {
    if (takesArrivals(step)) for (const each of step.dependsOn) note(steps[each], step);
    for (const { name, path } of referencesOf(step)) {
      if (name === 'steps' && typeof path[0] === 'string') note(steps[stepIndex.get(path[0]) ?? -1], step);
      else if (name === 'steps')
        for (const each of steps) note(each, step); // by a name that is known only when it runs
      else if (!plain.has(name)) for (const [owner] of around(step)) note(owner, step);
    }
  }
  return readers;
}

/** The steps that were found to be sensitive, or to be so in another way, by looking at this one. */
function markStep(step: PlanStep, { steps }: Parts, { given, made, around, isTaken }: Marks): readonly PlanStep[] {
  const found: PlanStep[] = [];
  const add = (to: Set<PlanStep>, each: PlanStep): void => {
    if (!to.has(each)) found.push(each);
    to.add(each);
  };
  const isGiven =
    step.sensitive ||
    [...around(step)].some(([owner]) => owner.sensitive) ||
    (takesArrivals(step) && step.dependsOn.some((each) => made.has(steps[each] ?? step))) ||
    referencesOf(step).some((each) => isTaken(each, step));
  if (isGiven) add(given, step);
  if (isGiven) add(made, step);
  if (!made.has(step)) return found;
  for (const [owner, { kind }] of around(step)) {
    // What undoes a step gives it no output, and of an item that is an execution of its own it has the id.
    if (kind === 'compensation' || (owner.work.kind === 'for_each' && !owner.work.wait)) break;
    add(made, owner);
  }
  return found;
}

function takesArrivals({ join: { kind } }: PlanStep): boolean {
  return kind === 'each' || kind === 'sets';
}

function hidesOutput({ steps, output }: Parts, marks: Marks): boolean {
  const ends = steps.some((step) => step.work.kind === 'terminate' && marks.made.has(step));
  const gives =
    output === null
      ? steps.some((step) => step.block === 0 && step.dependents.length === 0 && marks.made.has(step))
      : marks.takes(output, null);
  return ends || gives;
}
