/** `switch`: opens the block of the first case that holds (or of all that do), else the default. */
import type { Work } from '../definition/plan.ts';
import type { Json } from '../json.ts';
import { type Decision, type Place, record } from './decision.ts';
import { blockOutput } from './output.ts';
import { keyIn, openBlock } from './scope.ts';
import { evaluateCondition } from './scope-values.ts';
import { failStep, succeedStep } from './settle.ts';
import type { StepRun } from './state.ts';

type Switch = Extract<Work, { kind: 'switch' }>;
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
  const [first] = choices;
  if (first === undefined) return succeedStep(d, place, work.mode === 'all' ? {} : null);
  const { scope, step } = place;
  const until = step.timeoutMs === null ? {} : { until: d.at + step.timeoutMs };
  record(d, { e: 'begun', ...keyIn(scope, step), at: d.at, ...until });
  const run = scope.runs.get(step.index);
  // Opened before any of them runs, so that the first to end does not end the switch.
  if (run !== undefined)
    openBlock(
      d,
      run,
      choices.map(({ name }) => name),
    );
}

/** What a switch whose blocks have ended gives: with `all` an object by case, else the output of the block that ran. */
export function switchOutcome(
  d: Decision,
  run: StepRun,
  work: Switch,
): { output: Json; chosen: number | 'default' | null } {
  const scopes = run.inner.filter((scope) => d.plan.blocks[scope.block]?.kind === 'case');
  const named = scopes.map((scope) => ({
    name: d.plan.blocks[scope.block]?.name ?? '',
    output: blockOutput(d.plan, scope),
  }));
  const [first] = named;
  if (first === undefined) return { output: null, chosen: null };
  const chosen = first.name === 'default' ? 'default' : Number(first.name);
  if (work.mode === 'first') return { output: first.output, chosen };
  return { output: Object.fromEntries(named.map(({ name, output }) => [name, output])), chosen };
}
