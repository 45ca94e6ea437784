import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildProgram, shapes } from '../../../testing/definition/nested-program.ts';
import { say, wf } from '../../../testing/definition/refusal.ts';
import { program, stepsOf } from '../../../testing/random-program.ts';
import type { Json, JsonObject } from '../../json.ts';
import { canonicalJson } from '../canonical.ts';
import type { WorkflowDocument } from '../document.ts';
import { diffDefinitions } from './definition-diff.ts';

const diff = (before: JsonObject, after: JsonObject) =>
  diffDefinitions(before as unknown as WorkflowDocument, after as unknown as WorkflowDocument);

describe('the difference of two definitions', () => {
  it('names steps that were added, removed and changed, and of these the fields', () => {
    const before = wf([say('a', 1), say('b', { x: 1, y: [1, 2] }), say('c', 1)]);
    const after = wf([say('a', 1), say('b', { x: 2, y: [1, 2, 3] }, { when: 'true' }), say('d', 1)], { priority: 1 });
    expect(diff(before, after)).toEqual({
      fields: [{ pointer: '/priority', after: 1 }],
      steps: [
        {
          id: 'b',
          type: 'transform',
          change: 'changed',
          pointer: '/steps/1',
          fields: [
            { pointer: '/config/output/x', before: 1, after: 2 },
            { pointer: '/config/output/y', before: [1, 2], after: [1, 2, 3] },
            { pointer: '/when', after: 'true' },
          ],
        },
        { id: 'd', type: 'transform', change: 'added', pointer: '/steps/2', fields: [] },
        { id: 'c', type: 'transform', change: 'removed', pointer: '/steps/2', fields: [] },
      ],
    });
  });

  it('follows a step into another block, and lists what a block holds apart from it', () => {
    const before = wf([say('a', 1), { id: 'b', type: 'block', config: { steps: [] } }]);
    const after = wf([{ id: 'b', type: 'block', config: { steps: [say('a', 2)] } }]);
    expect(diff(before, after).steps).toEqual([
      {
        id: 'a',
        type: 'transform',
        change: 'changed',
        pointer: '/steps/0/config/steps/0',
        movedFrom: '/steps/0',
        fields: [{ pointer: '/config/output', before: 1, after: 2 }],
      },
    ]);
  });

  it('does not take for moved what only stands behind something new', () => {
    const inner = { id: 'b', type: 'block', config: { steps: [say('c', 1)] } };
    expect(diff(wf([inner]), wf([say('a', 1), inner])).steps.map(({ id, change }) => [id, change])).toEqual([
      ['a', 'added'],
    ]);
  });

  it('names the step that was moved, and not all that it passed', () => {
    const steps = ['a', 'b', 'c', 'd'].map((id) => say(id, 1));
    const moved = [steps[3], steps[0], steps[1], steps[2]] as JsonObject[];
    expect(diff(wf(steps), wf(moved)).steps).toEqual([
      { id: 'd', type: 'transform', change: 'changed', pointer: '/steps/0', movedFrom: '/steps/3', fields: [] },
    ]);
  });

  it('tells a block without steps from none, and goes into handlers and compensations', () => {
    const step = (more: JsonObject) => wf([say('a', 1, more)]);
    expect(diff(step({}), step({ on_error: { steps: [] } })).steps[0]?.fields).toEqual([
      { pointer: '/on_error', after: { steps: [] } },
    ]);
    const undo = (output: Json) => step({ compensate: { type: 'block', config: { steps: [say('u', output)] } } });
    expect(diff(undo(1), undo(2)).steps.map(({ id, pointer }) => [id, pointer])).toEqual([
      ['u', '/steps/0/compensate/config/steps/0'],
    ]);
    expect(diff(wf([]), wf([], { on_failure: [] })).fields).toEqual([{ pointer: '/on_failure', after: [] }]);
  });

  const documents = fc.oneof(
    program.map((steps) => wf(stepsOf(steps))),
    shapes.map((of) => wf(buildProgram(of).steps as Json)),
  );

  it('is empty exactly when nothing but the order of fields differs', () => {
    fc.assert(
      fc.property(documents, documents, (before, after) => {
        expect(diff(before, structuredClone(before))).toEqual({ fields: [], steps: [] });
        const { fields, steps } = diff(before, after);
        expect(fields.length + steps.length === 0).toBe(canonicalJson(before) === canonicalJson(after));
      }),
    );
  });

  it('finds one changed field of one step, wherever the step stands', () => {
    const picked = fc.tuple(shapes.map(buildProgram), fc.nat());
    fc.assert(
      fc.property(picked, ([{ steps, all }, nth]) => {
        const before = structuredClone(wf(steps as Json));
        const step = all[nth % all.length];
        Object.assign(step?.document ?? {}, { timeout: '7s' });
        const found = diff(before, wf(steps as Json));
        expect(found.fields).toEqual([]);
        expect(found.steps).toMatchObject([{ id: step?.id, fields: [{ pointer: '/timeout', after: '7s' }] }]);
      }),
    );
  });
});
