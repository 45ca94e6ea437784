import { expect, it } from 'vitest';
import { plainPaint } from './paint.ts';
import { tableText } from './table.ts';

const columns = [
  { title: 'name', value: ({ name }: { readonly name: string }) => name },
  { title: 'end', value: () => '|' },
];
const table = (names: readonly string[], width?: number) =>
  tableText(
    names.map((name) => ({ name })),
    columns,
    { paint: plainPaint, width },
  ).split('\n');

it('keeps columns in line by what a terminal draws: two places for a wide character, none for an accent of its own', () => {
  expect(table(['日本', 'abcd', 'e\u0301abc'])).toEqual(['NAME  END', '日本  |', 'abcd  |', 'e\u0301abc  |']);
});

it('has one line for a row whatever its value holds, and a hyphen where there is nothing', () => {
  expect(table(['a\nb\tc\r', ''])).toEqual(['NAME         END', 'a b c\\u000d  |', '-            |']);
});

it('takes from the widest column what a terminal has no room for', () => {
  const lines = table(['x'.repeat(200)], 40);
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/^x{20,}… {2}\|$/);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
});
