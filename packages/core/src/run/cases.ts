/** Steps whose blocks open once, side by side: `switch`, `block` and `parallel`. */
import type { Work } from '../definition/plan.ts';
import type { Json } from '../json.ts';
import { type Decision, type Place, record } from './decision.ts';
import { optionOutput } from './options.ts';
import { blockOutput, ownScopes } from './output.ts';
import { hasFailed, keyIn, lingeringCompleted, openBlock } from './scope.ts';
import { evaluateCondition } from './scope-values.ts';
import { failStep, succeedStep } from './settle.ts';
import { isFinal, type Scope, type StepRun } from './state.ts';
import { abandon } from './stop.ts';

type Switch = Extract<Work, { kind: 'switch' }>;
type Parallel = Extract<Work, { kind: 'parallel' }>;
type Choice = { readonly name: string; readonly chosen: number | 'default' };

export function beginSwitch(d: Decision, place: Place, work: Switch): void {
  const choices: Choice[] = [];
  for (const [index, { when }] of work.cases.entries()) {
    const asked = evaluateCondition(d, place.scope, when);
    if ('error' in asked) return failStep(d, place, asked.error);
    if (asked.value) choices.push({ name: String(index), chosen: index });
    if (choices.length > 0 && work.mode === 'first') break;
  }
  if (choices.length === 0 && work.default !== null) choices.push({ name: 'default', chosen: 'default' });
  if (choices.length === 0) return succeedStep(d, place, work.mode === 'all' ? {} : null);
  beginBlocks(
    d,
    place,
    choices.map(({ name }) => name),
  );
}

/** Opens the named blocks of the step, all before any of their steps begins: the first to end does not end the step. */
export function beginBlocks(d: Decision, { scope, step }: Place, names: readonly string[]): void {
  const until = step.timeoutMs === null ? {} : { until: d.at + step.timeoutMs };
  record(d, { e: 'begun', ...keyIn(scope, step), at: d.at, ...until });
  const run = scope.runs.get(step.index);
  if (run !== undefined) openBlock(d, run, names);
}

/** One of the blocks has ended without failing: has the step? */
export function caseCompleted(d: Decision, block: Scope): void {
  const { owner } = block;
  if (owner === null) return;
  if (isFinal(owner.status)) return lingeringCompleted(d, owner);
  if (hasFailed(owner)) return; // this block ended in the same pause as the one that failed
  const { work } = owner.step;
  if (work.kind === 'parallel' && work.join.kind === 'count') return branchCompleted(d, owner, work, work.join.count);
  if (owner.inner.some((inner) => !inner.closed)) return;
  if (work.kind === 'block') succeedStep(d, owner, blockOutput(d.plan, block));
  if (work.kind === 'parallel') succeedStep(d, owner, outputByName(d, owner));
  if (work.kind === 'wait_any') succeedStep(d, owner, optionOutput(d.plan, owner));
  if (work.kind === 'switch') completeSwitch(d, owner, work);
}

function branchCompleted(d: Decision, owner: StepRun, work: Parallel, count: number): void {
  const ended = ownScopes(d.plan, owner).filter(({ closed }) => closed);
  if (ended.length < count) return;
  const output = outputByName(d, owner);
  if (work.join.kind === 'count' && work.join.cancelRemaining) abandon(d, owner);
  succeedStep(d, owner, output);
}

function completeSwitch(d: Decision, owner: StepRun, work: Switch): void {
  const [first] = ownScopes(d.plan, owner);
  if (first === undefined) return;
  const name = d.plan.blocks[first.block]?.name ?? '';
  const output = work.mode === 'first' ? blockOutput(d.plan, first) : outputByName(d, owner);
  succeedStep(d, owner, output, { c: name === 'default' ? 'default' : Number(name) });
}

/** Of the blocks that have ended; the others are absent. */
function outputByName(d: Decision, owner: StepRun): Json {
  const ended = ownScopes(d.plan, owner).filter(({ closed }) => closed);
  return Object.fromEntries(ended.map((scope) => [d.plan.blocks[scope.block]?.name ?? '', blockOutput(d.plan, scope)]));
}
