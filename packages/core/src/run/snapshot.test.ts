import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { doAct, planOf, say } from '../../testing/plan.ts';
import { answering, growingUp, program, sent, signals, stepsOf } from '../../testing/random-program.ts';
import { portrait, readSnapshot, rebuild, replay, simulate } from '../../testing/simulate.ts';
import { snapshotOf } from './snapshot.ts';

const runs = { numRuns: 1000 };
const textOf = (state: Parameters<typeof snapshotOf>[0]): string => JSON.stringify(snapshotOf(state));

describe('a snapshot', () => {
  const disturbances = fc.array(
    fc.record({
      at: fc.nat(200),
      input: fc.constantFrom('restart', 'move', 'move_and_lose', 'cancel', 'pause', 'resume'),
    }),
    { maxLength: 5 },
  );

  it('behaves as the state that it was made of, at every point, whatever happens [F12]', () => {
    fc.assert(
      fc.property(program, fc.nat(), signals, disturbances, fc.boolean(), (steps, seed, came, disturbed, forgets) => {
        const plan = planOf(stepsOf(steps), { variables: { n: 0 } });
        // Whoever paused it lets it go on.
        const then = [...disturbed, { at: 210, input: 'resume' as const }, ...sent(came)];
        const options = { input: { yes: true }, answer: answering(seed), child: growingUp(seed), then, forgets };
        const plainly = simulate(plan, options);
        const cached = simulate(plan, { ...options, snapshots: true });
        expect(cached.events).toEqual(plainly.events);
        expect(cached.tried).toEqual(plainly.tried);
        expect(cached.end).toEqual(plainly.end);
        expect(portrait(plan, cached.state)).toEqual(portrait(plan, plainly.state));
      }),
      runs,
    );
  });

  it('with the events after it is what the whole journal gives, wherever it was taken', () => {
    fc.assert(
      fc.property(
        program,
        fc.nat(),
        signals,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (steps, seed, came, where) => {
          const plan = planOf(stepsOf(steps), { variables: { n: 0 } });
          const options = { input: { yes: true }, answer: answering(seed), child: growingUp(seed), then: sent(came) };
          const { events } = simulate(plan, options);
          const at = Math.floor(where * events.length);
          const text = textOf(rebuild(plan, events.slice(0, at)));
          const state = replay(plan, readSnapshot(plan, text), events.slice(at));
          expect(textOf(state)).toBe(textOf(rebuild(plan, events)));
        },
      ),
      runs,
    );
  });

  it('keeps what JSON and objects treat in their own way: the difference between no input and null, and names like __proto__', () => {
    const plan = planOf([say('s', 1)], { variables: { ['__proto__']: { x: 1 }, constructor: null } });
    const { state } = simulate(plan);
    const again = readSnapshot(plan, textOf(state));
    expect(Object.entries(again.vars)).toEqual(Object.entries(state.vars));
    expect([...again.top.runs.values()].map(({ input }) => input)).toEqual([undefined]);
  });

  it('is refused where the plan has no such steps, and where a part of it is missing', () => {
    const plan = planOf([doAct('one'), doAct('two')]);
    const { state } = simulate(plan, { until: 1 });
    const records = snapshotOf(state);
    expect(() => readSnapshot(planOf([doAct('other')]), JSON.stringify(records))).toThrow(/not part of it/);
    for (const at of records.keys())
      expect(() => readSnapshot(plan, JSON.stringify(records.toSpliced(at, 1)))).toThrow();
  });
});
