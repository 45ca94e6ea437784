import { expect, test } from 'vitest';
import { after, doAct, planOf } from '../../testing/plan.ts';
import { compileExpression } from '../expression/index.ts';
import { unseenSteps } from './unseen-steps.ts';

test('steps that are not there, and those inside another, cannot be seen from the top', () => {
  const inner = { id: 'inner', type: 'transform', config: { output: 1 } };
  const plan = planOf([doAct('call'), { id: 'group', type: 'block', config: { steps: [inner] }, ...after('call') }]);
  const codes = (source: string) => {
    const compiled = compileExpression(source, { names: ['steps'] });
    if ('issues' in compiled) throw new Error(compiled.issues[0]?.message);
    return unseenSteps(plan, compiled.ok).map(({ code, suggestion }) => [code, suggestion]);
  };
  expect(codes('steps.call.output == steps.group.output')).toEqual([]);
  expect(codes('steps.gruop.output')).toEqual([['unknown_step', 'group']]);
  expect(codes('steps.inner.output')).toEqual([['step_not_ended', undefined]]);
});
