/** The workflows that are measured. */
import type { Json, JsonObject } from '@cloudflow/core/json.ts';

export const input = { name: 'customer', email: 'a@example.com' };

export type Name = keyof typeof definitions;

const definitions = {
  'five-trivial': chain(5, { type: 'trivial', config: {} }),
  'five-transform': chain(5, { type: 'transform', config: { output: { i: '${ input.name }', ok: true } } }),
  'twenty-five-transform': chain(25, { type: 'transform', config: { output: { i: '${ input.name }', ok: true } } }),
  'ten-waits': [
    {
      id: 'all',
      type: 'parallel',
      config: {
        branches: Object.fromEntries(
          Array.from({ length: 10 }, (_, n) => [
            `b${n}`,
            { steps: [{ id: `w${n}`, type: 'wait', config: { for: '1s' } }] },
          ]),
        ),
      },
    },
  ],
  'thousand-items': items(1_000),
  'ten-thousand-items': items(10_000),
  'hundred-thousand-rounds': [
    loop('rounds', 100_000, [{ id: 'round', type: 'transform', config: { output: '${ loop.index }' } }]),
  ],
  'million-rounds': [
    loop('outer', 10, [
      loop('inner', 100_000, [{ id: 'round', type: 'transform', config: { output: '${ loop.index }' } }]),
    ]),
    { id: 'rest', type: 'wait', depends_on: ['outer'], config: { signal: 'go' } },
  ],
  'wait-until': [{ id: 'sleep', type: 'wait', config: { until: '${ input.at }' } }],
  slow: [{ id: 'work', type: 'slow', config: {} }],
} satisfies Record<string, readonly JsonObject[]>;

export const names = Object.keys(definitions) as Name[];

export function definition(name: Name): Json {
  return { workflow_id: name, version: '1.0.0', steps: definitions[name] };
}

/** Steps one after the other. */
function chain(length: number, step: JsonObject): JsonObject[] {
  return Array.from({ length }, (_, n) => ({
    id: `step-${n}`,
    ...step,
    ...(n === 0 ? {} : { depends_on: [`step-${n - 1}`] }),
  }));
}

function loop(id: string, times: number, steps: readonly JsonObject[]): JsonObject {
  return { id, type: 'loop', config: { times, max_iterations: times, steps } };
}

function items(count: number): JsonObject[] {
  const steps = [{ id: 'item', type: 'transform', config: { output: '${ item * 2 }' } }];
  return [{ id: 'each', type: 'for_each', config: { items: `\${ range(${count}) }`, steps } }];
}
