import { describe, expect, it } from 'vitest';
import { testActions } from '../../testing/definition/actions.ts';
import { expectRefusal, type Refusal, say, wf } from '../../testing/definition/refusal.ts';
import type { Json, JsonObject } from '../json.ts';
import { compile } from './compile.ts';

const goto = (step: Json, more: JsonObject = {}): JsonObject => ({
  id: 'again',
  type: 'goto',
  config: { step },
  ...more,
});
const after = (...ids: string[]): JsonObject => ({ depends_on: ids });
const group = (...steps: Json[]): JsonObject => ({ id: 'group', type: 'block', config: { steps } });

const refusals: readonly Refusal[] = [
  {
    why: 'a step that does not exist',
    document: wf([say('review', 1), goto('reviw', after('review'))]),
    code: 'unknown_step',
    pointer: '/steps/1/config/step',
    suggestion: 'review',
  },
  {
    why: 'itself',
    document: wf([say('a', 1), goto('again', after('a'))]),
    code: 'goto_not_back',
    pointer: '/steps/1/config/step',
    suggestion: 'a',
  },
  {
    why: 'a step that it does not depend on',
    document: wf([say('a', 1), say('b', 1), goto('b', after('a'))]),
    code: 'goto_not_back',
    pointer: '/steps/2/config/step',
    says: 'depends on',
    suggestion: 'a',
  },
  {
    why: 'a step that comes later',
    document: wf([say('a', 1), goto('b', after('a')), say('b', 1, after('again'))]),
    code: 'goto_not_back',
    pointer: '/steps/1/config/step',
    suggestion: 'a',
  },
  {
    why: 'a step of a block around it',
    document: wf([say('a', 1), { ...group(say('b', 1), goto('a', after('b'))), ...after('a') }]),
    code: 'goto_not_back',
    pointer: '/steps/1/config/steps/1/config/step',
    says: 'another block',
    suggestion: 'b',
  },
  {
    why: 'a step inside a block that it depends on',
    document: wf([group(say('b', 1)), goto('b', after('group'))]),
    code: 'goto_not_back',
    pointer: '/steps/1/config/step',
    suggestion: 'group',
  },
  {
    why: 'anything from a compensation, which is alone in its block',
    document: wf([say('a', 1, { compensate: { type: 'goto', config: { step: 'a' } } })]),
    code: 'goto_not_back',
    pointer: '/steps/0/compensate/config/step',
  },
  {
    why: 'to be taken no time at all',
    document: wf([say('a', 1), { ...goto('a', after('a')), config: { step: 'a', max: 0 } }]),
    code: 'too_small',
    pointer: '/steps/1/config/max',
  },
];

describe('a goto is refused that leads to', () => {
  it.each(refusals)('$why', expectRefusal);
});

function warnings(steps: readonly Json[]): readonly string[] {
  return compile(wf(steps), testActions).warnings.map(({ code }) => code);
}

describe('a goto', () => {
  it('may stand in any block, a handler or `on_failure` included', () => {
    const steps = [say('b', 1), goto('b', { ...after('b'), when: 'input.no' })];
    const documents = [
      wf([say('a', 1, { on_error: { steps } })]),
      wf([say('a', 1)], { on_failure: steps }),
      wf([{ id: 'each', type: 'for_each', config: { items: 'input.list', steps } }]),
    ];
    for (const document of documents) expect(compile(document, testActions)).toMatchObject({ warnings: [] });
  });

  it('that nothing keeps from being taken is warned of', () => {
    const stop: Json = { id: 'stop', type: 'terminate', config: { status: 'COMPLETED' } };
    expect(warnings([say('a', 1), goto('a', after('a'))])).toEqual(['goto_always_taken']);
    expect(warnings([say('a', 1), goto('a', { ...after('a'), when: 'input.more' })])).toEqual([]);
    expect(warnings([say('a', 1), say('b', 1, { ...after('a'), when: 'input.more' }), goto('a', after('b'))])).toEqual(
      [],
    );
    const ends = { ...(stop as JsonObject), ...after('a'), when: 'input.done' };
    expect(warnings([say('a', 1), goto('a', after('a')), ends])).toEqual([]);
  });
});
