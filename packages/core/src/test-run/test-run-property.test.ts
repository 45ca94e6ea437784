/** A test run is the engine: random programs end in it as they do in the simulation that the rules are tested by. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planOf } from '../../testing/plan.ts';
import { answering, program, sent, signals, stepsOf } from '../../testing/random-program.ts';
import { simulate } from '../../testing/simulate.ts';
import type { Plan } from '../definition/plan.ts';
import type { Json } from '../json.ts';
import { stepRows } from '../run/step-rows.ts';
import type { Answer, Question, TestRun, TestRunOptions } from './contract.ts';
import { testRun } from './test-run.ts';

const START = Date.UTC(2026, 0, 1);

test('a test run of a random program gives the same end and the same step rows as the simulation of the engine', () => {
  const cases = fc.record({
    program,
    yes: fc.boolean(),
    seed: fc.nat(),
    sent: signals,
    cancel: fc.option(fc.nat(120)),
  });
  fc.assert(
    fc.property(cases, ({ program: steps, yes, seed, sent: letters, cancel }) => {
      const plan = planOf(stepsOf(steps), { variables: { n: 0 } });
      const input = { yes };
      const simulated = simulate(plan, {
        input,
        late: 0,
        answer: answering(seed),
        child: ({ path }) => childEnd(seed, path),
        then: [...sent(letters), ...(cancel === null ? [] : [{ at: cancel, input: 'cancel' as const }])],
      });
      const run = drive(plan, seed, {
        input,
        startAt: START,
        signals: letters.map(({ at, name, payload }) => ({ afterMs: at, name, payload })),
        cancelAfterMs: cancel ?? undefined,
      });
      expect(run.status).toBe(simulated.state.status);
      expect(comparable(run.error)).toEqual(comparable(simulated.state.error));
      expect(comparable(run.output)).toEqual(comparable(simulated.end?.output ?? null));
      expect(run.steps.map(({ input: _, mocked: __, ...row }) => comparable(row))).toEqual(
        stepRows(plan, simulated.state).map(({ input: _, adopted: __, ...row }) => comparable(row)),
      );
    }),
    { numRuns: 300 },
  );
});

/** Ids are made by whoever drives, and a simulated child that is cancelled does not say so: nothing else differs. */
function comparable(value: unknown): Json {
  const text = JSON.stringify(value)
    .replace(/,"error":\{"code":"cancelled","message":"The execution was cancelled[^"]*"\}/g, '')
    .replace(/"(uuid|item|child)-\d+"/g, '"id"')
    .replace(/"00000000-0000-7000-8000-[0-9a-f]{12}"/g, '"id"');
  return JSON.parse(text) as Json;
}

/** Every child is a workflow of one step, which the seed answers as it answers the simulated one. */
const child = planOf([{ id: 'only', type: 'act', config: {}, retry: { max_attempts: 1 } }], {
  workflow_id: 'w',
  output: '${ steps.only.output }',
});

function childEnd(seed: number, path: string) {
  const answer = answering(seed)({ path: `${path}/only`, attempt: 1 } as never);
  if (!('error' in answer)) return { status: 'COMPLETED' as const, ...answer };
  const { code, message } = answer.error;
  return {
    status: 'FAILED' as const,
    error: { code, message, step: 'only', details: { path: 'only' } },
    after: answer.after ?? 1,
  };
}

function drive(plan: Plan, seed: number, options: TestRunOptions): TestRun {
  const run = testRun(plan, options);
  const answer = (question: Question): Answer => {
    if (question.kind === 'workflow') return { kind: 'workflow', plan: child };
    const { after = 1, ...outcome } = answering(seed)({ ...question.effect, path: question.path });
    return { kind: 'outcome', outcome, afterMs: after };
  };
  let turn = run.next();
  while (!turn.done) turn = run.next(turn.value.kind === 'turn' ? undefined : answer(turn.value));
  return turn.value;
}
