import { describe, expect, it } from 'vitest';
import { testActions } from '../../testing/definition/actions.ts';
import { say, wf } from '../../testing/definition/refusal.ts';
import type { Json, JsonObject } from '../json.ts';
import { compile } from './compile.ts';

describe('limits have clear codes [F61] [F63]', () => {
  const codeOf = (document: Json) => {
    const result = compile(document, testActions);
    return 'errors' in result ? result.errors.map(({ code }) => code) : [];
  };
  const nested = (depth: number): JsonObject =>
    depth === 0
      ? say('leaf', 1)
      : { id: `s${depth}`, type: 'switch', config: { cases: [{ when: 'true', steps: [nested(depth - 1)] }] } };

  it('takes 5,000 steps and refuses one more', () => {
    const steps = Array.from({ length: 5000 }, (_, at) => say(`s${at}`, 1));
    expect(codeOf(wf(steps))).toEqual([]);
    expect(codeOf(wf([...steps, say('one-more', 1)]))).toEqual(['too_many_steps']);
  });

  it('takes 32 nested blocks and refuses one more', () => {
    expect(codeOf(wf([nested(32)]))).toEqual([]);
    expect(codeOf(wf([nested(33)]))).toEqual(['nested_too_deep']);
  });

  it('counts blocks of all types alike', () => {
    const types = ['block', 'loop', 'for_each', 'parallel'] as const;
    const mixed = (depth: number): JsonObject => {
      if (depth === 0) return say('leaf', 1);
      const type = types[depth % types.length] ?? 'block';
      const steps = [mixed(depth - 1)];
      const config = {
        block: { steps },
        loop: { times: 2, steps },
        for_each: { items: [1], steps },
        parallel: { branches: { a: { steps } } },
      }[type];
      return { id: `s${depth}`, type, config };
    };
    expect(codeOf(wf([mixed(32)]))).toEqual([]);
    expect(codeOf(wf([mixed(33)]))).toEqual(['nested_too_deep']);
  });

  it('refuses a document over 1 MB', () => {
    expect(codeOf(wf([say('a', 'x'.repeat(1_048_000))]))).toEqual([]);
    expect(codeOf(wf([say('a', 'x'.repeat(1_048_577))]))).toEqual(['document_too_large']);
  });

  it('refuses JSON that is 100,000 levels deep without running out of stack', () => {
    let deep: Json = 1;
    for (let level = 0; level < 100_000; level++) deep = level % 2 === 0 ? [deep] : { a: deep };
    expect(codeOf(wf([say('a', deep)]))).toEqual(['nested_too_deep']);
    expect(codeOf(deep)).toEqual(['nested_too_deep']);
  });

  it('names the first 100 of very many errors, and how many more there are', () => {
    const steps = Array.from({ length: 4000 }, (_, at) => say(`s${at}`, '${ steps.nowhere.output }'));
    const codes = codeOf(wf(steps));
    expect(codes).toHaveLength(101);
    expect(codes.at(-1)).toBe('more_issues');
  });
});
