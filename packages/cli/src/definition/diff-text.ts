/** What makes one definition differ from another, for people. */
import type { DefinitionDiff, StepChange } from '@cloudflow/core/definition/compare/definition-diff.ts';
import type { FieldChange } from '@cloudflow/core/definition/compare/value-changes.ts';
import type { Json } from '@cloudflow/core/json.ts';
import type { Paint, Style } from '../output/paint.ts';
import { plainText } from '../output/plain-text.ts';

const marks = { added: ['+', 'green'], removed: ['-', 'red'], changed: ['~', 'yellow'] } as const satisfies Record<
  StepChange['change'],
  readonly [string, Style]
>;

export function diffText({ fields, steps }: DefinitionDiff, paint: Paint): string {
  return [...fields.map((each) => fieldText(each, paint)), ...steps.flatMap((each) => stepText(each, paint))].join(
    '\n',
  );
}

function stepText({ id, type, change, movedFrom, pointer, fields }: StepChange, paint: Paint): readonly string[] {
  const [mark, style] = marks[change];
  return [
    paint(style, plainText(`${mark} step ${id} (${type})`)),
    ...(movedFrom === undefined ? [] : [plainText(`    moved from ${movedFrom} to ${pointer}`)]),
    ...fields.map((each) => `    ${fieldText(each, paint)}`),
  ];
}

function fieldText({ pointer: place, before, after }: FieldChange, paint: Paint): string {
  const pointer = plainText(place);
  if (before === undefined) return paint('green', `+ ${pointer}: ${short(after)}`);
  if (after === undefined) return paint('red', `- ${pointer}: ${short(before)}`);
  return `${paint('yellow', `~ ${pointer}:`)} ${paint('red', short(before))} → ${paint('green', short(after))}`;
}

const longest = 200;

function short(value: Json | undefined): string {
  const text = plainText(JSON.stringify(value ?? null));
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
