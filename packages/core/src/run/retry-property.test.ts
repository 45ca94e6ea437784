import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planOf } from '../../testing/plan.ts';
import { answering, program, sent, signals, stepsOf } from '../../testing/random-program.ts';
import { contextOf, portrait, rebuild, simulate } from '../../testing/simulate.ts';
import { adopt } from './adopt.ts';
import { pastOf } from './past.ts';

const runs = { numRuns: 1000 };

describe('the journal', () => {
  it('is all that a retry needs: it ends, from wherever it starts, through crashes, and no outcome that it adopted comes again [F84]', () => {
    const from = fc.oneof(
      fc.constant('failed'),
      fc.nat(7).map((n) => `s${n}`),
      fc.nat(7).map((n) => `i${n}`),
    );
    const crashes = fc.array(fc.nat(120), { maxLength: 3 });
    fc.assert(
      fc.property(
        program,
        fc.nat(),
        fc.option(fc.nat(100)),
        crashes,
        signals,
        from,
        (steps, seed, cancelAt, died, came, at) => {
          const plan = planOf(stepsOf(steps), { variables: { n: 0 } });
          const cancelled = cancelAt === null ? [] : [{ at: cancelAt, input: 'cancel' as const }];
          const first = simulate(plan, {
            input: { yes: true },
            answer: answering(seed),
            then: [...cancelled, ...sent(came)],
          });
          const past = pastOf(plan, first.events, contextOf({ yes: true }));
          const { adoption } = adopt(past, { target: plan, from: at, at: Date.UTC(2026, 0, 1) });
          const run = simulate(plan, {
            input: { yes: true },
            answer: answering(seed + 1),
            adopt: adoption,
            snapshots: seed % 2 === 0,
            then: [...died.map((each) => ({ at: each, input: 'restart' as const })), ...sent(came)],
            onRestart: (held, rebuilt) => expect(portrait(plan, rebuilt)).toEqual(portrait(plan, held)),
          });
          expect(run.end).toBeDefined();
          expect(portrait(plan, rebuild(plan, run.events))).toEqual(portrait(plan, run.state));
          const ended = new Set<string>();
          for (const event of [...adoption.events, ...run.events]) {
            if (event.e !== 'succeeded' && event.e !== 'failed' && event.e !== 'skipped') continue;
            const name = `${event.p ?? ''}/${event.s}/${event.r ?? 0}`;
            expect(ended.has(name)).toBe(false);
            ended.add(name);
          }
        },
      ),
      runs,
    );
  });
});
