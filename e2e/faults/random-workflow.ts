/**
 * Random workflows whose end does not depend on when things happen, and what the rules alone say they end with: the model
 * that the product is held against.
 */
import { compile } from '../../packages/core/src/definition/compile.ts';
import type { Json, JsonObject } from '../../packages/core/src/json.ts';
import { simulate } from '../../packages/core/testing/simulate.ts';
import type { Chance } from './chance.ts';
import type { EffectSink } from './effect-sink.ts';

export type RandomWorkflow = {
  readonly definition: JsonObject & { readonly workflow_id: string };
  /** Output of the execution with that input, by the rules. */
  expectedOutput(input: Json): Json;
};

const deepest = 3;

export function randomWorkflow(name: string, chance: Chance, sink: EffectSink): RandomWorkflow {
  let made = 0;

  function steps(depth: number): JsonObject[] {
    const ids: string[] = [];
    return Array.from({ length: chance.between(1, 5) }, () => {
      const kind = kindAt(depth);
      // The name tells which steps have effects.
      const id = `${kind === 'effect' || kind === 'refused' ? 'effect' : 's'}${made++}`;
      const dependsOn = ids.filter(() => chance.between(0, 3) === 0);
      ids.push(id);
      return { id, ...(dependsOn.length === 0 ? {} : { depends_on: dependsOn }), ...work(kind, id, depth) };
    });
  }

  function kindAt(depth: number): Kind {
    const kinds = depth < deepest ? [...plain, ...holding] : plain;
    return kinds[chance.between(0, kinds.length)] ?? 'pure';
  }

  function work(kind: Kind, id: string, depth: number): JsonObject {
    switch (kind) {
      case 'pure':
        return { type: 'transform', config: { output: ['${ input.n }', chance.between(0, 100)] } };
      case 'function':
        return { type: 'function', config: { code: 'export default (n) => n * 2', input: '${ input.n }' } };
      case 'effect':
        return effectStep(id);
      case 'refused':
        return { ...effectStep(id, '&fail=1'), retry: { max_attempts: 10, initial: 20, backoff: 'fixed' } };
      case 'wait':
        return { type: 'wait', config: { for: chance.between(1, 400) }, output: '${ "waited" }' };
      case 'block':
        return { type: 'block', config: { steps: steps(depth + 1) } };
      case 'choice':
        return {
          type: 'switch',
          config: {
            cases: [{ when: `(input.n + ${made}) % ${chance.between(2, 4)} == 0`, steps: steps(depth + 1) }],
            default: { steps: steps(depth + 1) },
          },
        };
      case 'parallel':
        return {
          type: 'parallel',
          config: { branches: { a: { steps: steps(depth + 1) }, b: { steps: steps(depth + 1) } } },
        };
      case 'loop':
        return { type: 'loop', config: { times: chance.between(1, 4), steps: steps(depth + 1) } };
      case 'items':
        return { type: 'for_each', config: { items: `\${ range(${chance.between(1, 4)}) }`, steps: steps(depth + 1) } };
    }
  }

  /** Its key tells one run from another, so that its path need not. */
  function effectStep(id: string, more = ''): JsonObject {
    const url = `${sink.url}/\${execution.id}/${id}?delay=${chance.between(1, 60)}${more}`;
    return { type: 'http_request', config: { method: 'POST', url }, output: '${ result.status }', timeout: '30s' };
  }

  const definition = { workflow_id: name, version: '1.0.0', steps: steps(0), retry: patient };
  const plan = planOf(definition);
  return {
    definition,
    expectedOutput(input) {
      const { end } = simulate(plan, {
        input,
        answer: ({ type, input: given }) => ({ output: outcomeOf(type, given) }),
      });
      if (end?.status !== 'COMPLETED') throw new Error(`the model does not complete ${name}: ${JSON.stringify(end)}`);
      return end.output;
    },
  };
}

/** The outside world is there, so that what fails passes. */
const patient = { max_attempts: 50, initial: 50, backoff: 'fixed' };
const plain = ['pure', 'function', 'effect', 'effect', 'refused', 'wait'] as const;
type Kind = (typeof plain)[number] | (typeof holding)[number];
const holding = ['block', 'choice', 'parallel', 'loop', 'items'] as const;

function outcomeOf(type: string, input: Json): Json {
  return type === 'function' ? (input as number) * 2 : { status: 200, headers: {}, body: { ok: true } };
}

function planOf(definition: JsonObject) {
  const action = { type: 'http_request', configSchema: { type: 'object' }, defaultTimeoutMs: 30_000 };
  const compiled = compile(definition, {
    find: (type) => (type === action.type ? action : undefined),
    types: () => [action.type],
  });
  if ('plan' in compiled) return compiled.plan;
  throw new Error(`a random workflow is refused: ${JSON.stringify(compiled.errors)}`);
}
