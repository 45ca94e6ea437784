import fc from 'fast-check';
import { expect, it } from 'vitest';
import { calledFirst, comesWith } from './called-first.ts';

const workflow = (id: string, calls: readonly string[], more: object = {}) => ({
  document: {
    workflow_id: id,
    version: '1.0.0',
    steps: calls.map((called, at) => ({
      id: `s${at}`,
      type: 'block',
      config: { steps: [{ id: `c${at}`, type: 'sub_workflow', config: { workflow_id: called, ...more } }] },
    })),
  },
});

it('a workflow comes after all that it calls, whatever the order in which they are given', () => {
  // Each calls some of those with a lower number, so that there is no circle.
  const sets = fc.array(fc.array(fc.nat(20), { maxLength: 4 }), { maxLength: 12 }).map((calls) =>
    calls.map((each, at) =>
      workflow(
        `w${at}`,
        each.filter((called) => called < at).map((called) => `w${called}`),
      ),
    ),
  );
  const shuffled = sets.chain((files) => fc.shuffledSubarray(files, { minLength: files.length }));
  fc.assert(
    fc.property(shuffled, (files) => {
      const ordered = calledFirst(files);
      expect(new Set(ordered)).toEqual(new Set(files));
      const ids = ordered.map(({ document }) => document.workflow_id);
      for (const [at, { document }] of ordered.entries())
        for (const step of document.steps)
          for (const { config } of step.config.steps) expect(ids.indexOf(config.workflow_id)).toBeLessThan(at);
    }),
  );
});

it('those that call one another in a circle are all there, once', () => {
  const files = [workflow('a', ['b']), workflow('b', ['a']), workflow('c', ['c'])];
  expect(calledFirst(files)).toHaveLength(3);
});

it('what is missing comes with the set when it is of the same name, and of the version that is named', () => {
  const pointer = '/steps/0/config/steps/0/config/workflow_id';
  const caller = workflow('a', ['b']);
  const pinned = workflow('a', ['b'], { version: '2.0.0' });
  const set = [caller, workflow('b', [])];
  expect(comesWith(set, caller, { code: 'unknown_workflow', pointer })).toBe(true);
  expect(comesWith([caller], caller, { code: 'unknown_workflow', pointer })).toBe(false);
  expect(comesWith(set, caller, { code: 'unknown_step', pointer })).toBe(false);
  expect(comesWith(set, pinned, { code: 'unknown_workflow', pointer })).toBe(false);
});
