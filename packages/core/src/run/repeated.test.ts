import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { after, doAct, planOf, say } from '../../testing/plan.ts';
import {
  type Answer,
  type FromOutside,
  portrait,
  rebuild,
  type Simulation,
  simulate,
  type Try,
} from '../../testing/simulate.ts';
import type { Json, JsonObject } from '../json.ts';

/** Random programs of what runs several times: blocks that take arrivals from one another, items, and ways back before them. */
const step = fc.record({
  kind: fc.constantFrom('act', 'items', 'each', 'each', 'sets', 'sets', 'goto'),
  deps: fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 3 }),
  size: fc.integer({ min: 0, max: 2 }),
  failing: fc.constantFrom<Json>('continue', 'skip', { steps: [doAct('h')] }),
});
const program = fc.array(step, { minLength: 2, maxLength: 8 });
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function planFor(steps: readonly Step[]) {
  const first: Json[] = [
    doAct('s0'),
    { id: 's1', type: 'set_variables', config: { n: '${ vars.n + 1 }' }, ...after('s0') },
  ];
  const more = steps.map((each, at) => stepOf(each, at + 2));
  return planOf([...first, ...more], { variables: { n: 0 } });
}

function stepOf({ kind, deps, size, failing }: Step, n: number): Json {
  const dependsOn = [...new Set(deps.map((back) => `s${n - 1 - (back % n)}`))];
  const common: JsonObject = { id: `s${n}`, ...after(...dependsOn) };
  const onError = typeof failing === 'string' ? failing : { steps: [doAct(`h${n}`)] };
  const steps = [doAct(`i${n}`), say(`j${n}`, 1, after(`i${n}`))];
  switch (kind) {
    case 'items':
      return {
        ...common,
        type: 'for_each',
        on_error: onError,
        config: { items: [1, 2, 3], concurrency: 2, steps, on_item_error: 'continue' },
      };
    case 'each':
      return { ...common, type: 'block', on_error: onError, config: { steps }, join: 'each' };
    case 'sets':
      return {
        ...common,
        type: 'block',
        on_error: onError,
        config: { steps },
        join: size === 0 ? 'sets' : { sets: Math.min(size, dependsOn.length) },
      };
    case 'goto':
      return {
        ...common,
        type: 'goto',
        config: { step: dependsOn[0] ?? 's1', max: 2 },
        when: `vars.n < ${n % 3}`,
        on_error: onError,
      };
    default:
      return { ...doAct(''), ...common, on_error: onError };
  }
}

/** The same try gets the same answer, whichever process asks. */
const answering =
  (seed: number, failing: boolean) =>
  ({ path, attempt, key }: Try): Answer => {
    const text = `${seed}${path}${attempt}${key.r ?? 0}`;
    const dice = [...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, 7) % 12;
    if (failing && dice === 0) return { error: { code: 'no', message: 'no', retryable: false }, after: 5 };
    return { output: path, after: 5 + 7 * dice };
  };

const disturbances = fc.array(fc.record({ at: fc.nat(250), what: fc.constantFrom('restart', 'restart', 'pause') }), {
  maxLength: 4,
});
const inputs = (all: readonly { at: number; what: string }[]) =>
  all.flatMap(({ at, what }): { at: number; input: FromOutside }[] =>
    what === 'restart'
      ? [{ at, input: 'restart' }]
      : [
          { at, input: 'pause' },
          { at: at + 30, input: 'resume' },
        ],
  );

/** Of each run of a block, by name: the arrivals that it took, in the order in which it did. */
function taken({ events }: Simulation): ReadonlyMap<string, readonly string[]> {
  const all = new Map<string, string[]>();
  for (const event of events) {
    if (event.e !== 'passed' && event.e !== 'opened') continue;
    const of = `${event.p ?? ''}/${event.s}/${event.r ?? 0}`;
    all.set(of, [...(all.get(of) ?? []), ...(event.f ?? []).map(([id, number]) => `${id}.${number}`)]);
  }
  return all;
}

describe('what runs several times', () => {
  it('ends, through crashes and pauses, in the very state that its journal gives; no outcome and no arrival counts twice [E11 E16]', () => {
    fc.assert(
      fc.property(program, fc.nat(), disturbances, fc.option(fc.nat(200)), (steps, seed, disturbed, cancelAt) => {
        const plan = planFor(steps);
        const cancel = cancelAt === null ? [] : [{ at: cancelAt, input: 'cancel' as const }];
        const run = simulate(plan, {
          answer: answering(seed, true),
          then: [...inputs(disturbed), ...cancel],
          onRestart: (held, rebuilt) => expect(portrait(plan, rebuilt)).toEqual(portrait(plan, held)),
        });
        expect(run.end).toBeDefined();
        expect(portrait(plan, rebuild(plan, run.events))).toEqual(portrait(plan, run.state));
        for (const [of, arrivals] of taken(run)) expect(`${of} ${[...new Set(arrivals)]}`).toBe(`${of} ${arrivals}`);
        const outcomes = run.events.flatMap((event) =>
          event.e === 'succeeded' || event.e === 'failed' || event.e === 'skipped'
            ? `${event.p}/${event.s}/${event.r}`
            : [],
        );
        expect(new Set(outcomes).size).toBe(outcomes.length);
      }),
      { numRuns: 500 },
    );
  });

  it('takes every arrival, and none is lost by a crash or a pause', () => {
    const blocks = program.map((steps) => steps.filter(({ kind }) => kind !== 'goto' && kind !== 'sets'));
    fc.assert(
      fc.property(blocks, fc.nat(), disturbances, (steps, seed, disturbed) => {
        const plan = planFor(steps);
        const run = simulate(plan, { answer: answering(seed, false), then: inputs(disturbed) });
        expect(run.end?.status).toBe('COMPLETED');
        const arrivals = (index: number): number => {
          const of = plan.steps[index];
          if (of?.work.kind === 'for_each') return 3;
          return of?.join.kind === 'each' ? of.dependsOn.reduce((sum, each) => sum + arrivals(each), 0) : 1;
        };
        const took = taken(run);
        for (const { index, id, join } of plan.steps) {
          if (join.kind === 'each') expect(took.get(`/${id}/0`)).toHaveLength(arrivals(index));
        }
      }),
      { numRuns: 300 },
    );
  });
});
