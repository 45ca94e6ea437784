import { describe, expect, it } from 'vitest';
import { closest } from './suggest.ts';

describe('closest', () => {
  it.each([
    ['totl', ['total', 'tax'], 'total'],
    ['inptu', ['input', 'index'], 'input'],
    ['depend_on', ['depends_on', 'delivery'], 'depends_on'],
    ['startswith', ['startsWith', 'endsWith'], 'startsWith'],
    ['reslut', ['result', 'steps'], 'result'],
    ['a', ['b'], 'b'],
  ])('finds what %s was meant to be', (word, candidates, meant) => {
    expect(closest(word, candidates)).toBe(meant);
  });

  it('prefers a change of letter case to another letter', () => {
    expect(closest('Name', ['Game', 'name'])).toBe('name');
  });

  it.each([
    ['xyz', ['input', 'steps']],
    ['input', ['input']],
    ['input', []],
    ['constructor', ['a', 'b']],
    ['x'.repeat(1000), ['x'.repeat(999)]],
  ])('is silent when nothing is near %#', (word, candidates) => {
    expect(closest(word, candidates)).toBeUndefined();
  });
});
