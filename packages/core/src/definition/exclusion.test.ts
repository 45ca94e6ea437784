import { describe, expect, it } from 'vitest';
import { catalog, doAct } from '../../testing/plan.ts';
import type { Json } from '../json.ts';
import { compile } from './compile.ts';

const found = (more: { readonly [field: string]: Json }) => {
  const result = compile({ workflow_id: 'w', version: '1.0.0', steps: [doAct('a')], ...more }, catalog);
  return 'errors' in result ? result.errors.map(({ code, pointer }) => `${code} ${pointer}`) : [];
};
const lock = { key: "'k'", scope: 'tenant' };
const block = (id: string, steps: Json[], more = {}) => ({ id, type: 'block', config: { steps }, ...more });

describe('concurrency', () => {
  it.each([{ limit: 1 }, { limit: 5, key: '${ input.id }', strategy: 'reject' }])('%j is accepted', (concurrency) => {
    expect(found({ concurrency })).toEqual([]);
  });
  it.each([
    [{}, 'missing_field /concurrency/limit'],
    [{ limit: 0 }, 'too_small /concurrency/limit'],
    [{ limit: 1, strategy: 'wait' }, 'not_allowed_value /concurrency/strategy'],
    [{ limit: 1, key: 'steps.a.output' }, 'unknown_name /concurrency/key'],
    [{ limit: 1, key: 'uuid()' }, 'key_not_constant /concurrency/key'],
    [{ limit: 1, key: 'input.' }, 'expression_syntax /concurrency/key'],
  ])('%j is refused: %s', (concurrency, problem) => {
    expect(found({ concurrency })).toEqual([problem]);
  });
});

describe('a lock', () => {
  it('inside a step that holds one is refused, however deep', () => {
    const steps = [block('outer', [block('middle', [doAct('inner', { lock })])], { lock })];
    expect(found({ steps })).toEqual(['lock_inside_lock /steps/0/config/steps/0/config/steps/0/lock']);
  });
  it('in the handler of a locked step is refused: the step holds its lock meanwhile', () => {
    const steps = [doAct('a', { lock, on_error: { steps: [doAct('mend', { lock })] } })];
    expect(found({ steps })).toEqual(['lock_inside_lock /steps/0/on_error/steps/0/lock']);
  });
  it('in what undoes a locked step is accepted: that has ended by then', () => {
    const undo = { type: 'block', config: { steps: [doAct('undo', { lock })] } };
    expect(found({ steps: [doAct('a', { lock, compensate: undo })] })).toEqual([]);
  });
  it('needs a scope, and a key that sees only what has ended', () => {
    expect(found({ steps: [doAct('a', { lock: { key: "'k'" } })] })).toEqual(['missing_field /steps/0/lock/scope']);
    const steps = [doAct('a'), doAct('b', { lock: { key: 'steps.a.output.x', scope: 'tenant' } })];
    expect(found({ steps })).toEqual(['step_not_ended /steps/1/lock/key']);
  });
});
