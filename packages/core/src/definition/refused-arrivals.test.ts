import { describe, expect, it } from 'vitest';
import { testActions } from '../../testing/definition/actions.ts';
import { expectRefusal, type Refusal, say, wf } from '../../testing/definition/refusal.ts';
import type { Json, JsonObject } from '../json.ts';
import { compile } from './compile.ts';

const after = (...ids: string[]): JsonObject => ({ depends_on: ids });
const block = (join: Json, more: JsonObject = {}, ...steps: Json[]): JsonObject => ({
  id: 'e',
  type: 'block',
  join,
  config: { steps: steps.length === 0 ? [say('x', 1)] : steps },
  ...more,
});
const two = [say('a', 1), say('b', 1)];
const items: Json = { id: 'items', type: 'for_each', config: { items: 'input.list', steps: [say('i', 1)] } };

const refusals: readonly Refusal[] = [
  {
    why: 'at a step that is no block',
    document: wf([...two, say('c', 1, { ...after('a', 'b'), join: 'each' })]),
    code: 'join_only_for_block',
    pointer: '/steps/2/join',
    says: 'transform',
  },
  {
    why: 'without dependencies',
    document: wf([block('sets')]),
    code: 'join_without_dependencies',
    pointer: '/steps/0/join',
  },
  {
    why: 'of more in a set than there are dependencies',
    document: wf([...two, block({ sets: 3 }, after('a', 'b'))]),
    code: 'join_never_satisfied',
    pointer: '/steps/2/join/sets',
  },
  {
    why: 'of more than can ever arrive',
    document: wf([...two, block({ each: 3 }, after('a', 'b'))]),
    code: 'join_never_satisfied',
    pointer: '/steps/2/join/each',
  },
  {
    why: 'with `cancel_remaining`',
    document: wf([...two, block('each', { ...after('a', 'b'), cancel_remaining: true })]),
    code: 'cancel_remaining_without_join',
    pointer: '/steps/2/cancel_remaining',
  },
  {
    why: 'whose runs write one variable',
    document: wf([...two, block('each', after('a', 'b'), { id: 'w', type: 'set_variables', config: { n: 1 } })]),
    code: 'variable_race',
    pointer: '/steps/2/config/steps/0/config/n',
    says: 'runs of `e`',
  },
  {
    why: 'with an `arrival` that has no such field',
    document: wf([...two, block('each', after('a', 'b'), say('x', '${ arrival.outputt }'))]),
    code: 'unknown_name_field',
    pointer: '/steps/2/config/steps/0/config/output',
    suggestion: 'output',
  },
  {
    why: 'of all, whose steps ask for an `arrival`',
    document: wf([...two, block('all', after('a', 'b'), say('x', '${ arrival.output }'))]),
    code: 'unknown_name',
    pointer: '/steps/2/config/steps/0/config/output',
  },
];

describe('a join of arrivals is refused', () => {
  it.each(refusals)('$why', expectRefusal);
});

describe('a join of arrivals', () => {
  const warnings = (...steps: readonly Json[]) => compile(wf(steps), testActions).warnings.map(({ code }) => code);

  it('with one dependency that arrives once is warned of; not where it arrives once for each item', () => {
    expect(warnings(say('a', 1), block('each', after('a')))).toEqual(['join_without_effect']);
    expect(warnings(items, block('each', after('items')))).toEqual([]);
    expect(warnings(items, block({ each: 10 }, after('items')))).toEqual([]);
  });

  it('lets the condition of the block see what arrived', () => {
    const seen = block('each', { ...after('a', 'b'), when: 'arrival.step == "a" && arrival.output > 1' });
    expect(compile(wf([...two, seen]), testActions)).toMatchObject({ warnings: [] });
  });
});
