/** What counts as a line, and what is too long. */
import { describe, expect, it } from 'vitest';
import { excesses } from './limits.ts';
import { measure } from './measure.ts';
import { sizeTable } from './table.ts';

const lines = (count: number) => Array.from({ length: count }, (_, at) => `  a(${at});`).join('\n');

describe('measure', () => {
  it('counts lines of code, not blank lines and comments', () => {
    const text = '/** a\n * b */\n\nconst a = 1; // c\n/* d */ const b = `\n\n// not a comment`;\n';
    expect(measure('a.ts', text).lines).toBe(3);
  });

  it('counts for a function what is not of the functions inside it', () => {
    const text = `export function make() {\n  const x = 1;\n  return {\n    run() {\n${lines(9)}\n    },\n    stop: () => x,\n  };\n}`;
    const { functions } = measure('a.ts', text);
    expect(functions).toEqual([
      { name: 'run', line: 4, lines: 11 },
      { name: 'make', line: 1, lines: 7 },
    ]);
  });
});

describe('excesses', () => {
  const long = `export function long() {\n${lines(70)}\n}`;

  it('are files over 400 lines and functions over 60', () => {
    const found = excesses([measure('a.ts', long), measure('b.ts', lines(401)), measure('c.ts', lines(400))], {});
    expect(found).toEqual([
      expect.stringContaining('a.ts:1 long has 72 lines'),
      expect.stringContaining('b.ts has 401 lines'),
    ]);
  });

  it('are not functions that are allowed with a reason, nor those of tests', () => {
    expect(excesses([measure('a.ts', long)], { 'a.ts#long': 'a table' })).toEqual([]);
    expect(excesses([measure('a.test.ts', long)], {})).toEqual([]);
  });

  it('are permissions that nothing needs', () => {
    expect(excesses([measure('a.ts', '')], { 'a.ts#long': 'a table' })).toEqual([
      expect.stringContaining('a.ts#long, which is not too long'),
    ]);
  });
});

it('the table ranks files and functions of each workspace', () => {
  const files = [1, 2, 3, 40].map((count) => measure(`packages/core/src/${count}.ts`, lines(count)));
  const [, core] = sizeTable(files).split('\n');
  expect(core?.split(/ {2,}/)).toEqual(['packages/core', '4', '46', '2', '40', '40', '0', '0', '0']);
});
