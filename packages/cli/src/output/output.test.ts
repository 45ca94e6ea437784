import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import type { OutputForm } from '../program/global-options.ts';
import { createOutput } from './output.ts';
import { createPaint, plainPaint } from './paint.ts';

function written(form: OutputForm, write: (output: ReturnType<typeof createOutput>) => void, inColor = false): string {
  const stream = Object.assign(new PassThrough(), { isTTY: inColor });
  write(createOutput(stream, { form, paint: inColor ? createPaint(true) : plainPaint }));
  return stream.read()?.toString() ?? '';
}

const title = '\u001b]0;owned\u0007\u009b31m';
const rows = [
  { id: 'a', n: 1 },
  { id: title, n: 2 },
];
const columns = [
  { title: 'id', value: ({ id }: (typeof rows)[number]) => id },
  { title: 'n', value: ({ n }: (typeof rows)[number]) => n },
];
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

it('writes a list as a table, as one JSON, as one YAML, or as a line of JSON for each row', () => {
  const plain = [
    { id: 'a', n: 1 },
    { id: 'bcd', n: 2 },
  ];
  const as = (form: OutputForm) => written(form, (output) => output.list(plain, columns));
  expect(as('table')).toBe('ID   N\na    1\nbcd  2\n');
  expect(JSON.parse(as('json'))).toEqual(plain);
  expect(parse(as('yaml'))).toEqual(plain);
  expect(as('jsonl')).toBe('{"id":"a","n":1}\n{"id":"bcd","n":2}\n');
});

it('shows what a terminal would obey, in every form, and programs read the value that it was', () => {
  for (const form of ['table', 'json', 'yaml', 'jsonl'] as const)
    expect(written(form, (output) => output.list(rows, columns))).not.toMatch(obeyed);
  const made = written('table', (output) => output.item({}, [['name', title]]));
  expect(made).toBe('name  \\u001b]0;owned\\u0007\\u009b31m\n');
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), (value) => {
      const given = { value };
      for (const form of ['json', 'jsonl', 'yaml'] as const) {
        const text = written(form, (output) => output.item(given, []));
        expect(text).not.toMatch(obeyed);
        expect(form === 'yaml' ? parse(text) : JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(given)));
      }
    }),
    { numRuns: 100 },
  );
});

it('colours the words of a line, and takes no colour from what they hold', () => {
  const line = written('table', (output) => output.event({}, [['red', 'failed'], 'a\u001b[32mb\nc', '']), true);
  expect(line).toBe('\u001b[31mfailed\u001b[39m  a\\u001b[32mb c\n');
});

it('writes a file to the letter, but not onto a terminal that would obey it', () => {
  expect(written('table', (output) => output.text(title))).toBe(`${title}\n`);
  expect(written('table', (output) => output.text(title), true)).not.toMatch(obeyed);
});
