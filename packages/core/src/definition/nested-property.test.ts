import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testActions } from '../../testing/definition/actions.ts';
import { buildProgram, type Program, shapes } from '../../testing/definition/nested-program.ts';
import { wf } from '../../testing/definition/refusal.ts';
import { compileStored } from './compile.ts';
import type { Plan, Work } from './plan.ts';

const programs = shapes.map(buildProgram);

function planOf({ steps }: Program): Plan {
  const result = compileStored(wf(steps), testActions);
  if ('errors' in result) throw new Error(JSON.stringify(result.errors));
  return result.plan;
}

/** Codes and pointers of what is wrong when one step of the program gets these fields. */
function errorsWith(program: Program, at: number, fields: object): readonly string[] {
  const { steps, all } = structuredClone(program); // clones share what the original shares
  Object.assign(all[at]?.document ?? {}, fields);
  const result = compileStored(wf(steps), testActions);
  return 'errors' in result ? [...new Set(result.errors.map(({ code }) => code))] : [];
}

const pick = fc.tuple(programs, fc.nat(), fc.nat()).map(([program, one, other]) => {
  const at = one % program.all.length;
  const target = program.all[other % program.all.length]?.id ?? '';
  return { program, at, target, step: program.all[at] as Program['all'][number] };
});

function isOrHolds({ all }: Program, at: number, target: string): boolean {
  const holder = all.find(({ id }) => id === target);
  return JSON.stringify(holder?.document).includes(`"id":"${all[at]?.id}"`);
}

function innerBlocks(work: Work): readonly number[] {
  if (work.kind === 'switch') return work.cases.map(({ block }) => block);
  if (work.kind === 'parallel') return work.branches.map(({ block }) => block);
  return work.kind === 'block' || work.kind === 'loop' || work.kind === 'for_each' ? [work.block] : [];
}

describe('compile, of random nested programs', () => {
  it('takes every one that names only what it can see; steps and blocks are where the document has them', () => {
    fc.assert(
      fc.property(programs, (program) => {
        const plan = planOf(program);
        expect(plan.steps.map(({ id }) => id).sort()).toEqual(program.all.map(({ id }) => id).sort());
        for (const { index, block, pointer, work } of plan.steps) {
          expect(plan.blocks[block]?.steps.filter((each) => each === index)).toEqual([index]);
          const inner = innerBlocks(work).map((each) => plan.blocks[each]);
          expect(inner).toEqual(plan.blocks.filter(({ owner }) => owner === index));
          expect(new Set(inner.map((each) => each?.name)).size).toBe(inner.length);
          for (const each of inner.flatMap((held) => held?.steps ?? [])) {
            expect(each).toBeGreaterThan(index);
            expect(plan.steps[each]?.pointer.startsWith(`${pointer}/config/`)).toBe(true);
          }
        }
      }),
    );
  });

  it('lets an expression see exactly the steps that have certainly ended [D11]', () => {
    fc.assert(
      fc.property(pick, ({ program, at, target, step }) => {
        const errors = errorsWith(program, at, { when: `steps.${target}.output == 1` });
        expect(errors).toEqual(step.ended.includes(target) ? [] : ['step_not_ended']);
      }),
      { numRuns: 300 },
    );
  });

  it('lets a cancel reach every step but itself and those that hold it', () => {
    fc.assert(
      fc.property(pick, ({ program, at, target, step }) => {
        const { type } = step.document;
        fc.pre(type === 'transform' || type === 'cancel');
        const errors = errorsWith(program, at, { type: 'cancel', config: { steps: [target] } });
        expect(errors).toEqual(isOrHolds(program, at, target) ? ['step_out_of_reach'] : []);
      }),
      { numRuns: 300 },
    );
  });

  it('lets a goto lead to exactly the steps of its own block that come before it', () => {
    fc.assert(
      fc.property(pick, ({ program, at, target, step }) => {
        const { type } = step.document;
        fc.pre(type === 'transform' || type === 'cancel' || type === 'goto');
        const errors = errorsWith(program, at, { type: 'goto', config: { step: target } });
        expect(errors).toEqual(step.before.includes(target) ? [] : ['goto_not_back']);
      }),
      { numRuns: 300 },
    );
  });

  it('knows the names of the blocks around an expression, and no others', () => {
    fc.assert(
      fc.property(pick, ({ program, at, step }) => {
        const everywhere = [...new Set(['loop', 'index', ...program.all.flatMap(({ names }) => names)])];
        for (const name of everywhere) {
          const errors = errorsWith(program, at, { when: `[${name}] == []` });
          expect(errors).toEqual(step.names.includes(name) ? [] : ['unknown_name']);
        }
      }),
    );
  });
});
