import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testActions } from '../../testing/definition/actions.ts';
import type { Json, JsonObject } from '../json.ts';
import { compile } from './compile.ts';
import type { DefinitionIssue, Plan } from './plan.ts';
import { parsePointer } from './pointer.ts';

const id = (at: number) => `s${at}`;

/** Steps in an order in which dependencies come first; each depends on some of those before it and reads their outputs. */
const dags = fc.array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 30 }).map((picks) =>
  picks.map((wanted, at): JsonObject => {
    const before = at === 0 ? [] : [...new Set(wanted.map((each) => id(each % at)))];
    const depends = before.length === 0 ? {} : { depends_on: before };
    const output = Object.fromEntries(before.map((each) => [each, `\${ steps.${each}.output }`]));
    return { id: id(at), type: 'transform', config: { output }, ...depends };
  }),
);

const wf = (steps: Json): JsonObject => ({ workflow_id: 'w', version: '1.0.0', steps });

function planOf(document: Json): Plan {
  const result = compile(document, testActions);
  if ('errors' in result) throw new Error(JSON.stringify(result.errors));
  return result.plan;
}

const errorsOf = (document: Json): readonly DefinitionIssue[] => {
  const result = compile(document, testActions);
  return 'errors' in result ? result.errors : [];
};

/** Where a pointer leads, or would lead if its last field were there. */
function leadsSomewhere(document: Json, pointer: string): boolean {
  const keys = parsePointer(pointer) ?? [''];
  let at: Json | undefined = document;
  for (const [depth, key] of keys.entries()) {
    if (typeof at !== 'object' || at === null) return false;
    if (!Object.hasOwn(at, key)) return depth >= keys.length - 2;
    at = (at as JsonObject)[key];
  }
  return true;
}

const graphOf = (plan: Plan) =>
  plan.steps
    .map(
      (step) =>
        [
          step.id,
          step.dependsOn.map((each) => plan.steps[each]?.id).sort(),
          step.dependents.map((each) => plan.steps[each]?.id).sort(),
        ] as const,
    )
    .sort(([a], [b]) => (a < b ? -1 : 1));

describe('compile, of random documents', () => {
  it('never throws, and says what is wrong [S056]', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (json) => {
        expect(errorsOf(json as Json).length).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('never throws when any value of a good document is exchanged for another [S056]', () => {
    const good: JsonObject = {
      ...wf([
        {
          id: 'a',
          type: 'http_request',
          config: { url: '${ input.u }', retry: { max_retries: 1 } },
          timeout: '5s',
          on_error: { steps: [{ id: 'h', type: 'transform', config: { output: '${ error.code }' } }] },
          compensate: { type: 'http_request', config: { url: 'u' } },
        },
        {
          id: 'b',
          type: 'switch',
          depends_on: ['a'],
          join: 'all',
          when: 'input.x',
          config: {
            cases: [{ when: 'true', steps: [{ id: 'c', type: 'wait', config: { for: 5 } }] }],
            default: { steps: [] },
          },
        },
        { id: 'd', type: 'set_variables', config: { v: 1 }, output: '${ result }' },
        { id: 'e', type: 'function', config: { code: 'export default () => 1', timeout: '1s' } },
        { id: 'g', type: 'block', config: { steps: [{ id: 'x', type: 'cancel', config: { steps: ['d'] } }] } },
        {
          id: 'i',
          type: 'parallel',
          config: { branches: { one: { steps: [] } }, join: { count: 1 }, cancel_remaining: true },
        },
        {
          id: 'j',
          type: 'loop',
          config: {
            until: 'steps.k.output == loop.index',
            max_iterations: 5,
            steps: [{ id: 'k', type: 'transform', config: { output: '${ loop.previous }' } }],
          },
        },
        {
          id: 'l',
          type: 'for_each',
          config: {
            items: [1, '${ input.x }'],
            as: 'each',
            concurrency: 2,
            on_item_error: { max_failures: 1 },
            complete_when: 'done > 1',
            remaining: 'ignore',
            steps: [{ id: 'm', type: 'loop', config: { times: '${ each }', steps: [] } }],
          },
        },
        {
          id: 'f',
          type: 'terminate',
          config: { status: 'FAILED', error: { message: 'm' } },
          depends_on: ['b', 'd', 'e'],
        },
      ]),
      variables: { v: 0 },
      output: { x: '${ steps.a.output }' },
      input_schema: { type: 'object', properties: { x: { type: 'boolean' } } },
      labels: { a: 'b' },
      tags: ['t'],
      retry: { jitter: 0.5 },
      on_failure: [],
      on_cancel: [],
      priority: 3,
      timeout: 'PT1H',
    };
    expect(errorsOf(good)).toEqual([]);
    const places = placesIn(good, []);
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue({ maxDepth: 3 }), (place, value) => {
        const changed = withValue(good, place, value as Json);
        for (const { pointer } of errorsOf(changed)) expect(leadsSomewhere(changed, pointer), pointer).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('compile, of random graphs', () => {
  it('takes every acyclic one; dependents is the inverse of dependsOn', () => {
    fc.assert(
      fc.property(dags, (steps) => {
        const plan = planOf(wf(steps));
        for (const step of plan.steps) {
          for (const each of step.dependsOn) expect(plan.steps[each]?.dependents).toContain(step.index);
          for (const each of step.dependents) expect(plan.steps[each]?.dependsOn).toContain(step.index);
        }
      }),
    );
  });

  it('makes the same graph of the steps in any order', () => {
    fc.assert(
      fc.property(
        dags.chain((steps) => fc.tuple(fc.constant(steps), fc.shuffledSubarray(steps, { minLength: steps.length }))),
        ([steps, shuffled]) => {
          expect(graphOf(planOf(wf(shuffled)))).toEqual(graphOf(planOf(wf(steps))));
        },
      ),
    );
  });

  it('refuses every one with an edge back, and names a real cycle', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 20 }), fc.nat(), fc.nat(), (length, from, to) => {
        const chain = Array.from(
          { length },
          (_, at): JsonObject => ({
            id: id(at),
            type: 'transform',
            config: { output: 1 },
            ...(at === 0 ? {} : { depends_on: [id(at - 1)] }),
          }),
        );
        const late = (from % (length - 1)) + 1;
        const early = to % late;
        const first = chain[early] as JsonObject;
        chain[early] = { ...first, depends_on: [...((first.depends_on as string[] | undefined) ?? []), id(late)] };
        const [error, ...more] = errorsOf(wf(chain));
        expect(more).toEqual([]);
        expect(error?.code).toBe('cycle');
        expect(error?.pointer.startsWith(`/steps/${early}/depends_on/`)).toBe(true);
      }),
    );
  });
});

type Way = readonly (string | number)[];

function placesIn(value: Json, way: Way): readonly Way[] {
  if (typeof value !== 'object' || value === null) return [way];
  const isList = Array.isArray(value);
  return [
    way,
    ...(Object.entries(value) as [string, Json][]).flatMap(([key, inner]) =>
      placesIn(inner, [...way, isList ? Number(key) : key]),
    ),
  ];
}

function withValue(root: Json, [key, ...rest]: Way, value: Json): Json {
  if (key === undefined) return value;
  const copy = structuredClone(root) as { [key: string]: Json };
  copy[key] = withValue((root as JsonObject)[key] ?? null, rest, value);
  return copy;
}
