/** What the expressions of some steps read of what is around them: names, with the fields that are read of each. */
import type { Expression, Reference, Template } from '../expression/expression.ts';
import type { PlanStep, WaitOption, Work } from './plan.ts';

/** Of a name, or of a field of it: the fields that are read, or all of it. */
export type Look = 'whole' | Looks;
export type Looks = ReadonlyMap<string, Look>;

/** Names that are the execution's own, or nobody's that could be written down. */
const own: ReadonlySet<string> = new Set(['execution', 'workflow', 'tenant', 'secrets']);

/** A step among `steps` is not around them. */
export function looksOf(steps: readonly PlanStep[]): Looks {
  const ids = new Set(steps.map(({ id }) => id));
  const looks = new Map<string, Look>();
  for (const step of steps) {
    for (const { name, path } of referencesOf(step)) {
      const isOwn = own.has(name) || (name === 'steps' && typeof path[0] === 'string' && ids.has(path[0]));
      if (!isOwn) note(looks, [name, ...path]);
    }
  }
  return looks;
}

function note(looks: Map<string, Look>, [field, ...rest]: readonly (string | number)[]): void {
  if (typeof field !== 'string') return;
  const known = looks.get(field);
  if (known === 'whole') return;
  // A number names a place in a list, or nothing: who reads it is given all that is there.
  if (typeof rest[0] !== 'string') return void looks.set(field, 'whole');
  const inner = new Map(known);
  note(inner, rest);
  looks.set(field, inner);
}

/** Of all expressions of a step, but for those of the steps inside it. */
export function referencesOf({ when, milestone, lock, output, work }: PlanStep): readonly Reference[] {
  return [when, milestone?.when ?? null, lock?.key ?? null, output, ...sourcesOf(work)].flatMap(
    (source) => source?.references ?? [],
  );
}

type Source = Expression | Template | null;

function sourcesOf(work: Work): readonly Source[] {
  switch (work.kind) {
    case 'transform':
      return [work.output];
    case 'set_variables':
      return [work.values];
    case 'switch':
      return work.cases.map(({ when }) => when);
    case 'loop':
      return [work.while, work.until, work.times];
    case 'for_each':
      return [work.items, work.completeWhen];
    case 'wait':
      return 'signal' in work ? [work.match, work.timeout] : timeSources(work);
    case 'wait_any':
      return work.options.flatMap(optionSources);
    case 'sub_workflow':
    case 'function':
      return [work.input];
    case 'terminate':
      return [work.output, work.error];
    case 'action':
      return [work.config];
    case 'block':
    case 'parallel':
    case 'goto':
    case 'cancel':
      return [];
  }
}

function optionSources(option: WaitOption): readonly Source[] {
  return 'signal' in option ? [option.match] : timeSources(option);
}

function timeSources(of: { readonly for: Template } | { readonly until: Template }): readonly Source[] {
  return ['for' in of ? of.for : of.until];
}
