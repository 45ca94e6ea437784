import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { doAct, planOf } from '../../testing/plan.ts';
import { answering, growingUp, program, sent, signals, stepsOf } from '../../testing/random-program.ts';
import { type Answer, type FromOutside, portrait, rebuild, simulate } from '../../testing/simulate.ts';

const runs = { numRuns: 1000 };

describe('the journal', () => {
  it('rebuilds the very state that was decided, whatever happened [E11]', () => {
    fc.assert(
      fc.property(
        program,
        fc.nat(),
        fc.boolean(),
        fc.option(fc.nat(100)),
        fc.option(fc.nat(60)),
        signals,
        (steps, seed, yes, cancelAt, pauseAt, came) => {
          const plan = planOf(stepsOf(steps), { variables: { n: 0 } });
          const cancelled = cancelAt === null ? [] : [{ at: cancelAt, input: 'cancel' as const }];
          const held =
            pauseAt === null
              ? []
              : [
                  { at: pauseAt, input: 'pause' as const },
                  { at: pauseAt + 40, input: 'resume' as const },
                ];
          const then = [...cancelled, ...held, ...sent(came)];
          const run = simulate(plan, { input: { yes }, answer: answering(seed), child: growingUp(seed), then });
          expect(run.end).toBeDefined();
          expect(portrait(plan, rebuild(plan, run.events))).toEqual(portrait(plan, run.state));
        },
      ),
      runs,
    );
  });

  it('lets every execution end, also when its process dies at any moment; no step that has an outcome runs again [E16]', () => {
    fc.assert(
      fc.property(program, fc.nat(), fc.array(fc.nat(120), { maxLength: 4 }), signals, (steps, seed, crashes, came) => {
        const plan = planOf(stepsOf(steps), { variables: { n: 0 } });
        // It dies with what ran in it, or what ran goes on elsewhere, or is lost there.
        const ways = ['restart', 'move', 'move_and_lose'] as const;
        const then = [...crashes.map((at) => ({ at, input: ways[at % 3] ?? 'restart' })), ...sent(came)];
        const run = simulate(plan, { input: { yes: true }, answer: answering(seed), child: growingUp(seed), then });
        expect(run.end).toBeDefined();
        const ended = new Set<string>();
        for (const event of run.events) {
          if (!('s' in event) || event.s === undefined) continue;
          const name = `${event.p ?? ''}/${event.s}/${event.r ?? 0}`;
          if (event.e === 'begun') expect(ended.has(name)).toBe(false);
          if (event.e !== 'succeeded' && event.e !== 'failed' && event.e !== 'skipped') continue;
          expect(ended.has(name)).toBe(false);
          ended.add(name);
        }
      }),
      runs,
    );
  });

  it('decides the same without what it has forgotten, whatever happens', () => {
    const disturbances = fc.array(fc.record({ at: fc.nat(200), input: fc.constantFrom('restart', 'cancel') }), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(program, fc.nat(), signals, disturbances, (steps, seed, came, then) => {
        const plan = planOf(stepsOf(steps), { variables: { n: 0 } });
        const options = {
          input: { yes: true },
          answer: answering(seed),
          then: [...then, ...sent(came)],
          child: growingUp(seed),
        };
        const [whole, forgetful] = [false, true].map((forgets) => simulate(plan, { ...options, forgets }));
        expect(forgetful?.events).toEqual(whole?.events);
        expect(forgetful?.tried).toEqual(whole?.tried);
        expect(forgetful?.end).toEqual(whole?.end);
      }),
      runs,
    );
  });

  it('gives each signal to one step at most, and none to two, through pauses and crashes [F77]', () => {
    const disturbances = fc.array(fc.record({ at: fc.nat(110), what: fc.constantFrom('restart', 'pause') }), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(program, fc.nat(), signals, disturbances, (steps, seed, came, disturbed) => {
        const plan = planOf(stepsOf(steps), { variables: { n: 0 } });
        const then = disturbed.flatMap(({ at, what }): { at: number; input: FromOutside }[] =>
          what === 'pause'
            ? [
                { at, input: 'pause' as const },
                { at: at + 30, input: 'resume' as const },
              ]
            : [{ at, input: 'restart' as const }],
        );
        const run = simulate(plan, {
          input: { yes: true },
          answer: answering(seed),
          child: growingUp(seed),
          then: [...then, ...sent(came)],
          onRestart: (held, rebuilt) => expect(portrait(plan, rebuilt)).toEqual(portrait(plan, held)),
        });
        expect(run.end).toBeDefined();
        expect(portrait(plan, rebuild(plan, run.events))).toEqual(portrait(plan, run.state));
        const [heard, taken] = [new Set<number>(), new Set<number>()];
        for (const event of run.events) {
          if (event.e === 'signalled') {
            expect(heard.has(event.g)).toBe(false);
            heard.add(event.g);
          }
          const takes =
            event.e === 'signalled'
              ? event.s !== undefined
              : (event.e === 'begun' || event.e === 'taken') && event.g !== undefined;
          if (!takes || !('g' in event) || event.g === undefined) continue;
          expect(heard.has(event.g) && !taken.has(event.g)).toBe(true);
          taken.add(event.g);
        }
      }),
      runs,
    );
  });

  it('calls one child for a run of a step, and leaves none behind that was to end with it, through pauses and crashes [E6]', () => {
    const disturbances = fc.array(fc.record({ at: fc.nat(110), what: fc.constantFrom('restart', 'pause', 'cancel') }), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(program, fc.nat(), disturbances, (steps, seed, disturbed) => {
        const plan = planOf(stepsOf(steps), { variables: { n: 0 } });
        const then = disturbed.flatMap(({ at, what }): { at: number; input: FromOutside }[] =>
          what === 'pause'
            ? [
                { at, input: 'pause' },
                { at: at + 30, input: 'resume' },
              ]
            : [{ at, input: what as FromOutside }],
        );
        const run = simulate(plan, {
          input: { yes: true },
          answer: answering(seed),
          child: growingUp(seed),
          then,
          onRestart: (held, rebuilt) => expect(portrait(plan, rebuilt)).toEqual(portrait(plan, held)),
        });
        expect(run.end).toBeDefined();
        const callers = run.called.map(({ path }) => path);
        expect(new Set(callers).size).toBe(callers.length);
        expect(run.events.filter(({ e }) => e === 'called')).toHaveLength(callers.length);
        for (const { child, path, awaited } of run.called) {
          const heard = run.ended.has(child.executionId);
          const mayOutlive = !awaited || Number(/s(\d+)(@\d+)?$/.exec(path)?.[1]) % 3 === 0;
          expect(heard || mayOutlive || run.cancelled.includes(child.executionId)).toBe(true);
        }
        expect(new Set(run.cancelled).size).toBe(run.cancelled.length);
      }),
      runs,
    );
  });

  it('lets no step succeed by its blocks while its handler runs, when both ended during a pause', () => {
    const config = { branches: { a: { steps: [doAct('a')] }, b: { steps: [doAct('b')] } }, join: { count: 1 } };
    const plan = planOf([{ id: 'two', type: 'parallel', config, on_error: { steps: [doAct('h')] } }]);
    const no: Answer = { error: { code: 'no', message: 'no', retryable: false } };
    const run = simulate(plan, {
      answer: ({ path }) => (path === 'two.b.b' ? { output: 1, after: 20 } : { ...no, after: 10 }),
      then: [
        { at: 5, input: 'pause' },
        { at: 50, input: 'resume' },
      ],
    });
    expect(run.end).toMatchObject({ status: 'FAILED', error: { code: 'no', step: 'h' } });
  });

  it('never begins a second try of an at-most-once step after a crash [F89]', () => {
    const plan = planOf([doAct('pay', { delivery: 'at_most_once' })]);
    const run = simulate(plan, { answer: () => ({ output: 1, after: 100 }), then: [{ at: 50, input: 'restart' }] });
    expect(run.tried).toHaveLength(1);
    expect(run.tried[0]?.recordFirst).toBe(true);
    expect(run.end).toMatchObject({ status: 'FAILED', error: { code: 'outcome_unknown' } });
  });

  it('hands an open try out again under the same key after a crash [E16]', () => {
    const run = simulate(planOf([doAct('pay')]), {
      answer: () => ({ output: 1, after: 100 }),
      then: [{ at: 50, input: 'restart' }],
    });
    expect(run.tried.map(({ attempt, idempotencyKey }) => `${attempt} ${idempotencyKey}`)).toEqual([
      '1 x/pay/0/0',
      '1 x/pay/0/0',
    ]);
    expect(run.end?.status).toBe('COMPLETED');
  });

  it('ignores an outcome that comes twice, a timer that fires early or late, and a cancel after the end [E33 F51]', () => {
    const plan = planOf([doAct('a'), { id: 'nap', type: 'wait', config: { for: 50 }, depends_on: ['a'] }]);
    const run = simulate(plan, {
      then: [
        { at: 51, input: 'cancel' },
        { at: 400, input: 'cancel' },
      ],
    });
    expect(run.events.filter(({ e }) => e === 'ended')).toHaveLength(1);
  });
});
