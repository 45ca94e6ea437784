import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildProgram, shapes } from '../../../testing/definition/nested-program.ts';
import { wf } from '../../../testing/definition/refusal.ts';
import { program, stepsOf } from '../../../testing/random-program.ts';
import type { Json, JsonObject } from '../../json.ts';
import { canonicalJson } from '../canonical.ts';
import { stepDefinitions } from '../schema/step-schema.ts';
import { workflowSchema } from '../schema/workflow-schema.ts';
import { withFieldsInOrder } from './field-order.ts';

const inOrder = (document: Json) => JSON.stringify(withFieldsInOrder(document));

/** The same value with the fields of every object turned round. */
function reversed(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}

describe('the order of fields', () => {
  it('puts what a step is first, what it does next, and what becomes of it last', () => {
    const step = {
      on_error: 'skip',
      config: { steps: [], as: 'x', items: 'input' },
      type: 'for_each',
      when: 'true',
      id: 'a',
    };
    const document = { steps: [step], version: '1.0.0', workflow_id: 'w' };
    expect(inOrder(document)).toBe(
      '{"workflow_id":"w","version":"1.0.0","steps":[{"id":"a","type":"for_each","when":"true",' +
        '"config":{"items":"input","as":"x","steps":[]},"on_error":"skip"}]}',
    );
  });

  it('goes into handlers, compensations, cases, branches and options', () => {
    const inner = [{ type: 'transform', id: 'i', config: { output: 1 } }];
    const holders: JsonObject[] = [
      { type: 'act', on_error: { steps: inner } },
      { type: 'act', compensate: { config: { steps: inner }, type: 'block' } },
      { type: 'switch', config: { cases: [{ steps: inner, when: 'true' }], default: { steps: inner } } },
      { type: 'parallel', config: { branches: { b: { steps: inner }, a: { steps: inner } } } },
      { type: 'wait_any', config: { options: { b: { steps: inner, for: 1 } } } },
    ];
    for (const holder of holders) {
      const text = inOrder(wf([{ id: 'a', ...holder }]));
      expect(text).toContain('[{"id":"i","type":"transform"');
      expect(text).not.toContain('{"type":"transform","id"');
    }
    expect(inOrder(wf([{ id: 'a', ...holders[3] }]))).toContain('{"b":{"steps"');
    expect(inOrder(wf([], { on_failure: inner }))).toContain('"on_failure":[{"id":"i","type"');
  });

  it('leaves data as it is: variables, labels, the config of actions', () => {
    const data = { z: 1, id: 2, __proto__x: 3, a: { type: 1, id: 2 } };
    const document = wf([{ id: 's', type: 'http_request', config: data }], {
      variables: data,
      ui: data,
      input_schema: data,
    });
    expect(inOrder(document).split(JSON.stringify(data))).toHaveLength(5);
    const proto = JSON.parse(
      '{"workflow_id":"w","steps":[{"id":"a","type":"x","config":{"__proto__":{"b":1}}}]}',
    ) as Json;
    expect(inOrder(proto)).toBe(JSON.stringify(proto));
  });

  it('keeps what the language does not know, last, and takes anything', () => {
    expect(inOrder({ stepz: 1, steps: 'none', workflow_id: 7 })).toBe('{"workflow_id":7,"steps":"none","stepz":1}');
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(canonicalJson(withFieldsInOrder(json as Json))).toBe(canonicalJson(json as Json));
      }),
    );
  });

  it('changes no value, and is one order for all orders that were', () => {
    const documents = fc.oneof(
      program.map((steps) => wf(stepsOf(steps))),
      shapes.map((of) => wf(buildProgram(of).steps as Json)),
    );
    fc.assert(
      fc.property(documents, (document) => {
        const arranged = withFieldsInOrder(document);
        expect(canonicalJson(arranged)).toBe(canonicalJson(document));
        expect(inOrder(arranged)).toBe(JSON.stringify(arranged));
      }),
    );
  });

  it('names every field of workflows and steps once', () => {
    const { step, compensation } = stepDefinitions([]);
    const fieldsOf = (schema: JsonObject | undefined) => Object.keys(schema?.properties as JsonObject);
    const everyField = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, {}]));
    const known = Object.keys(
      withFieldsInOrder({ zzz: 0, ...everyField(fieldsOf(workflowSchema)), steps: [] }) as JsonObject,
    );
    expect(known.at(-1)).toBe('zzz');
    for (const fields of [fieldsOf(step), fieldsOf(compensation)]) {
      const given = { zzz: 0, ...everyField(fields), type: 'x' };
      const holder = fields.includes('id') ? given : { id: 'a', type: 'x', compensate: given };
      const [made] = (withFieldsInOrder(wf([holder])) as JsonObject).steps as JsonObject[];
      const shown = fields.includes('id') ? made : (made?.compensate as JsonObject);
      expect(Object.keys(shown ?? {}).at(-1)).toBe('zzz');
    }
  });

  it('is the same for any order of the fields that the language names', () => {
    const document = wf([{ id: 'a', type: 'loop', when: 'true', config: { times: 2, max_iterations: 3, steps: [] } }], {
      retry: { max_attempts: 2, backoff: 'fixed' },
      concurrency: { key: 'input.k', limit: 1 },
    });
    expect(inOrder(reversed(document))).toBe(inOrder(document));
  });
});
