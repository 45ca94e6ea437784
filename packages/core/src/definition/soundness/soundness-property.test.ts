import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choosingPrograms, choosingSteps, inputs } from '../../../testing/definition/choosing-program.ts';
import { catalog } from '../../../testing/plan.ts';
import { type Answer, simulate, type Try } from '../../../testing/simulate.ts';
import type { JsonObject } from '../../json.ts';
import { compile, compileStored } from '../compile.ts';
import type { DefinitionIssue, Plan, PlanStep } from '../plan.ts';

/** With every input, and many ways for the tries to end and to take their time: the ids of the steps that ever succeed. */
function everSucceeded(plan: Plan): ReadonlySet<string> {
  const found = new Set<string>();
  for (const input of inputs) {
    for (let seed = 0; seed < 6; seed += 1) {
      const { events } = simulate(plan, { input, answer: answering(seed) });
      for (const event of events) if (event.e === 'succeeded') found.add(event.s);
    }
  }
  return found;
}

function answering(seed: number): (attempt: Try) => Answer {
  return ({ path, attempt }) => {
    const dice = [...`${seed}${path}`].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, attempt) % 12;
    if (seed > 0 && dice < 2) return { error: { code: 'no', message: 'no', retryable: false }, after: 1 + dice };
    return { output: seed % 3, after: 1 + dice };
  };
}

/** The steps that an error says can never run: the one that it points into, or all of the case that it points at. */
function refusedBy({ pointer }: DefinitionIssue, { steps }: Plan): readonly PlanStep[] {
  const ofCase = /^(.*\/config\/cases\/\d+)\/when$/.exec(pointer)?.[1];
  if (ofCase !== undefined) return steps.filter((step) => step.pointer.startsWith(`${ofCase}/steps/`));
  const at = pointer.replace(/\/(when|depends_on|join\/count)$/, '');
  return steps.filter((step) => step.pointer === at);
}

describe('what saving refuses as never running, of random programs', () => {
  it('never succeeds, whatever the input, and however the tries end', () => {
    let refused = 0;
    fc.assert(
      fc.property(choosingPrograms, (pieces) => {
        const document: JsonObject = {
          workflow_id: 'w',
          version: '1.0.0',
          variables: { n: 1 },
          steps: choosingSteps(pieces),
        };
        const stored = compileStored(document, catalog);
        if ('errors' in stored) return;
        const result = compile(document, catalog);
        if (!('errors' in result)) return;
        refused += 1;
        const succeeded = everSucceeded(stored.plan);
        for (const error of result.errors) {
          const steps = refusedBy(error, stored.plan);
          expect(steps.length, error.pointer).toBeGreaterThan(0);
          for (const { id } of steps) expect(succeeded, error.message).not.toContain(id);
        }
      }),
      { numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(200); // so many of the programs were worth running
  });
});
