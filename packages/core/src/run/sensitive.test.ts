import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildProgram, shapes } from '../../testing/definition/nested-program.ts';
import { after, catalog, doAct, planOf, say } from '../../testing/plan.ts';
import { contextOf, simulate } from '../../testing/simulate.ts';
import { compileStored } from '../definition/compile.ts';
import type { Plan } from '../definition/plan.ts';
import { isSensitive, masked } from '../definition/sensitive.ts';
import type { RunEvent } from './event.ts';
import { stepRows } from './step-rows.ts';

const canary = 'canary-of-the-rules';
const input = { x: true, list: [1, 2] };

/** What the journal would hold in plain text: of sensitive steps all but what is sealed. One by one: together they may be too long for a text. */
function plainTexts(plan: Plan, events: readonly RunEvent[]): readonly string[] {
  return events.map((event) => {
    const isSealed = (event.e === 'begun' || event.e === 'succeeded') && isSensitive(plan, event.s);
    return JSON.stringify(isSealed ? { ...event, in: masked, o: masked } : event);
  });
}

const has = (text: string): boolean => text.includes(canary);

describe('the value of a sensitive step', () => {
  it('reaches no event of a step that is not sensitive, no row that is shown and no end, whatever the program', () => {
    let reached = 0;
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, which) => {
        const { steps, all } = buildProgram(shape);
        const says = all.filter(({ document }) => document['type'] === 'transform');
        const chosen = says[which % Math.max(1, says.length)];
        if (chosen === undefined) return;
        Object.assign(chosen.document, { sensitive: true, config: { output: canary } });
        const compiled = compileStored({ workflow_id: 'case', version: '1.0.0', steps: [...steps] }, catalog);
        if (!('plan' in compiled)) return;
        const { plan } = compiled;
        const run = simulate(plan, { input });
        if (run.events.filter((event) => has(JSON.stringify(event))).length > 1) reached += 1;
        expect(plainTexts(plan, run.events).filter(has)).toEqual([]);
        expect(JSON.stringify(run.end ?? null)).not.toContain(canary);
        const rows = stepRows(plan, run.state).map((row) => ({ ...row, input: row.input(contextOf(input)) }));
        expect(JSON.stringify(rows)).not.toContain(canary);
      }),
      { numRuns: 500 },
    );
    expect(reached, 'programs in which other steps took it').toBeGreaterThan(20);
  });

  it('is in no error: of a try, of an expression, of the output of the workflow; only its code is', () => {
    const fails = { error: { code: 'http_status', message: canary, details: { body: canary }, retryable: false } };
    const said = (plan: Plan, answer: object = fails) =>
      JSON.stringify(simulate(plan, { input, answer: () => answer as typeof fails }).end);
    const failed = said(planOf([doAct('a', { sensitive: true })]));
    expect(failed).toContain('http_status');
    expect(failed).not.toContain(canary);
    const source = say('a', canary, { sensitive: true });
    const text = [source, say('b', '${int(steps.a.output)}', after('a'))];
    expect(said(planOf(text))).toMatch(/expression_error/);
    expect(said(planOf(text))).not.toContain(canary);
    const end = planOf([source], { output: { x: '${int(steps.a.output)}' } });
    expect(said(end)).toMatch(/expression_error/);
    expect(said(end)).not.toContain(canary);
  });
});
