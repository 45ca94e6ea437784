import { withFieldsInOrder } from '@cloudflow/core/definition/compare/field-order.ts';
import { compile } from '@cloudflow/core/definition/compile.ts';
import type { WorkflowDocument } from '@cloudflow/core/definition/document.ts';
import type { Json, JsonObject } from '@cloudflow/core/json.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyDocument } from '../../../../core/testing/definition/any-document.ts';
import { say, wf } from '../../../../core/testing/definition/refusal.ts';
import * as builder from '../index.ts';

/** What importing the module gives: what is printed is JavaScript, too. */
function run(code: string): Json {
  const body = code
    .replace(/^import (\{.*\}) from '.*';$/m, 'const $1 = builder;')
    .replace(/^export default /m, 'return ');
  return new Function('builder', body)(builder) as Json;
}

const print = (document: JsonObject) => builder.toCode(document as unknown as WorkflowDocument);

const anything = { find: (type: string) => ({ type, configSchema: true, defaultTimeoutMs: 1 }), types: () => [] };
const isValid = (document: Json) => 'plan' in compile(document, anything);

describe('a definition as code', () => {
  it('builds the same definition, with its fields in order', () => {
    fc.assert(
      fc.property(anyDocument.filter(isValid), (document) => {
        const again = run(print(document));
        expect(again).toEqual(document);
        expect(JSON.stringify(again)).toBe(JSON.stringify(withFieldsInOrder(document)));
      }),
      { numRuns: 300 },
    );
  });

  it('reads like what a person writes', () => {
    const document = wf(
      [
        {
          id: 'create',
          type: 'http_request',
          config: { url: 'https://crm.example', method: 'POST' },
          retry: { max_attempts: 2 },
        },
        {
          id: 'ship',
          type: 'for_each',
          depends_on: ['create'],
          config: {
            items: 'input.lines',
            on_item_error: { max_failures: 1 },
            steps: [say('one', 1), say('two', 2, { depends_on: ['one'] })],
          },
        },
      ],
      { on_failure: [say('tell', '${ error.code }')] },
    );
    expect(print(document)).toBe(`import { forEach, http, transform, workflow } from '@cloudflow/sdk/builder';

export default workflow('w', { version: '1.0.0' })
  .step('create', http({ url: 'https://crm.example', method: 'POST' }), { retry: { maxAttempts: 2 } })
  .step(
    'ship',
    forEach({
      items: 'input.lines',
      onItemError: { maxFailures: 1 },
      steps: (each) => each
        .step('one', transform(1))
        .step('two', transform(2), { dependsOn: 'one' }),
    }),
    { dependsOn: 'create' },
  )
  .onFailure((ending) => ending.step('tell', transform('\${ error.code }')))
  .build();
`);
  });

  it('says of a step that is written further down that it comes later', () => {
    const document = wf([say('b', 1, { depends_on: ['a'] }), say('a', 1)]);
    expect(print(document)).toContain(`{ dependsOn: later('a') }`);
    expect(run(print(document))).toEqual(document);
  });
});
