/**
 * Where what a sensitive step gave would be kept in plain text: beside the events of steps nothing is encrypted. Refused when the
 * workflow is saved, so that nobody relies on what does not hold.
 */
import type { Expression, Reference, Template } from '../expression/expression.ts';
import type { Issues } from './issues.ts';
import { referencesOf } from './looks.ts';
import type { Plan, PlanStep, WaitOption } from './plan.ts';
import { pointerTo } from './pointer.ts';
import type { Marks } from './sensitive.ts';

type Refusing = { readonly parts: Pick<Plan, 'steps' | 'stepIndex'>; readonly marks: Marks; readonly issues: Issues };

export function refusePlainText(step: PlanStep, refusing: Refusing): void {
  const { marks, issues } = refusing;
  const refuse = (place: string, message: string): void =>
    issues.error({ code: 'sensitive_in_plain_text', pointer: step.pointer + place, message });
  if (marks.takes(step.lock?.key ?? null, step))
    refuse('/lock/key', 'a key is kept in plain text: make it of something that is not sensitive');
  for (const [place, message] of plainText(step, refusing)) refuse(place, message);
}

type Found = readonly [place: string, message: string];

/** What its work would keep where nothing is encrypted. */
function plainText(step: PlanStep, { parts, marks }: Refusing): readonly Found[] {
  const { work } = step;
  const isGiven = marks.given.has(step);
  switch (work.kind) {
    case 'set_variables':
      return isGiven
        ? [['/config', 'variables are kept in plain text: let steps take the value from the output instead']]
        : [];
    case 'sub_workflow':
      return isGiven
        ? [
            [
              '/config',
              'the other execution would keep it in plain text: mark the steps of that workflow, and give it what is not sensitive',
            ],
          ]
        : [];
    case 'wait':
      if ('signal' in work)
        return [...signalFound(isGiven), ...takenBy(step, marks, { match: work.match, timeout: work.timeout })];
      return takenBy(step, marks, 'for' in work ? { for: work.for } : { until: work.until });
    case 'wait_any':
      return work.options.flatMap((option) => optionFound(step, option, { marks, isGiven }));
    case 'terminate':
      return isGiven && work.error !== null
        ? [
            [
              '/config/error',
              'the error of an execution is kept in plain text: give one that is made of nothing sensitive',
            ],
          ]
        : [];
    case 'for_each':
      return [
        ...(work.adds !== null ? signalFound(isGiven) : []),
        ...(work.wait ? [] : detachedFound(step, { parts, marks })),
      ];
    default:
      return [];
  }
}

function optionFound(
  step: PlanStep,
  option: WaitOption,
  { marks, isGiven }: { marks: Marks; isGiven: boolean },
): readonly Found[] {
  const place = pointerTo('/options', option.name);
  if ('signal' in option) return [...signalFound(isGiven), ...takenBy(step, marks, { match: option.match }, place)];
  return takenBy(step, marks, 'for' in option ? { for: option.for } : { until: option.until }, place);
}

function signalFound(isGiven: boolean): readonly Found[] {
  const message =
    'what a signal brings is kept in plain text until a step takes it: send what is sensitive to a step, not by signal';
  return isGiven ? [['', message]] : [];
}

/** Times and what a `match` says when it fails stand beside the events. */
function takenBy(
  step: PlanStep,
  marks: Marks,
  fields: { readonly [field: string]: Expression | Template | null },
  place = '',
): readonly Found[] {
  return Object.entries(fields).flatMap(([field, source]): readonly Found[] =>
    marks.takes(source, step)
      ? [[`/config${place}/${field}`, `\`${field}\` is kept in plain text: make it of something that is not sensitive`]]
      : [],
  );
}

/** The row of an item that is an execution of its own holds what its steps read of what is around it. */
function detachedFound(step: PlanStep, { parts, marks }: Pick<Refusing, 'parts' | 'marks'>): readonly Found[] {
  const message =
    'each item is an execution of its own here, whose input is kept in plain text: wait for the items, or let the step take nothing sensitive from around it';
  if (marks.given.has(step)) return [['', message]];
  const isInside = (each: PlanStep) => [...marks.around(each)].some(([owner]) => owner === step);
  const isOutside = (reference: Reference) => {
    const { name, path } = reference;
    const read = name === 'steps' && typeof path[0] === 'string' ? parts.stepIndex.get(path[0]) : undefined;
    const target = parts.steps[read ?? -1];
    return (target === undefined || !isInside(target)) && marks.isTaken(reference, step);
  };
  const reads = parts.steps.filter(isInside).flatMap(referencesOf);
  return reads.some(isOutside) ? [['', message]] : [];
}
