import { describe, expect, it } from 'vitest';
import { after, planOf } from '../../testing/plan.ts';
import { contextOf, simulate } from '../../testing/simulate.ts';
import { compileExpression } from '../expression/index.ts';
import type { Json } from '../json.ts';
import { namesAtTop, sightOf } from './look-into.ts';

const say = (id: string, output: Json, more = {}) => ({ id, type: 'transform', config: { output }, ...more });
const looks = { now: 0, uuid: () => 'an-id' };
const compiled = (source: string) => {
  const result = compileExpression(source, { names: namesAtTop });
  if ('issues' in result) throw new Error(result.issues[0]?.message);
  return result.ok;
};

describe('a look into an execution', () => {
  it('sees at the top what its own expressions would, and changes nothing that it will do', () => {
    const plan = planOf([say('a', 7), { id: 'nap', type: 'wait', config: { for: 1_000 }, ...after('a') }]);
    const { state } = simulate(plan, { until: 10 });
    const sight = sightOf({ plan, state, context: contextOf() }, looks);
    expect(compiled('[steps.a.output, steps.nap.status, steps.nap.output]').evaluate(sight)).toEqual([
      7,
      'EXECUTING',
      null,
    ]);
  });

  it('is shown no output of a sensitive step, of whichever run', () => {
    const plan = planOf([say('pin', 'canary', { sensitive: true }), say('none', null, { sensitive: true })]);
    const { state } = simulate(plan, {});
    const sight = sightOf({ plan, state, context: contextOf() }, looks);
    expect(compiled('[steps.pin.output, steps.none.output]').evaluate(sight)).toEqual(['***', null]);
    expect(JSON.stringify(compiled('steps').evaluate(sight))).not.toContain('canary');
  });
});
