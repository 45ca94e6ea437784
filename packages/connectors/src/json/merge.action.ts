/** Changes a value with a JSON Merge Patch. */
import type { Json } from '@cloudflow/core/json.ts';
import { configInvalid, defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';

/** As deep as an output may be. */
const deepest = 500;

export default defineAction({
  type: 'json.merge',
  title: 'Merge values',
  description:
    'Merges one or more patches into a value, one after the other, as RFC 7396 (JSON Merge Patch) has it: objects are merged field by ' +
    'field, null takes a field away, everything else replaces, lists too.',
  category: 'data',
  icon: 'braces',
  version: 1,
  config: Type.Object(
    {
      value: Type.Unknown({ description: 'What is changed.' }),
      patches: Type.Array(Type.Unknown(), {
        minItems: 1,
        maxItems: 100,
        description: 'In the order in which they apply.',
      }),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({ value: Type.Unknown({ description: 'The merged value.' }) }),
  errors: [],
  defaultTimeoutMs: 10_000,
  effect: 'none',

  async run({ config: { value, patches } }) {
    return {
      value: (patches as readonly Json[]).reduce((merged, patch) => merge(merged, patch, 0), (value ?? null) as Json),
    };
  },
});

function merge(value: Json, patch: Json, depth: number): Json {
  if (!isObject(patch)) return patch;
  if (depth > deepest) throw configInvalid('/patches', `are nested deeper than ${deepest}`);
  // A map, because `__proto__` is a field like any other.
  const merged = new Map(isObject(value) ? Object.entries(value) : []);
  for (const [name, change] of Object.entries(patch)) {
    if (change === null) merged.delete(name);
    else merged.set(name, merge(merged.get(name) ?? null, change, depth + 1));
  }
  return Object.fromEntries(merged);
}

function isObject(value: Json): value is { readonly [field: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
