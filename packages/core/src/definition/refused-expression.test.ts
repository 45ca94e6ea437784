import { describe, it } from 'vitest';
import { expectRefusal, http, type Refusal, route, say, wf } from '../../testing/definition/refusal.ts';

const expressions: readonly Refusal[] = [
  {
    why: 'an expression that does not parse',
    document: wf([say('a', '${ input.. }')]),
    code: 'expression_syntax',
    pointer: '/steps/0/config/output',
  },
  {
    why: 'an unknown name',
    document: wf([say('a', '${ inptu.x }')]),
    code: 'unknown_name',
    pointer: '/steps/0/config/output',
    suggestion: 'input',
  },
  {
    why: 'a name that exists only elsewhere',
    document: wf([say('a', '${ error.code }')]),
    code: 'unknown_name',
    pointer: '/steps/0/config/output',
  },
  {
    why: 'secrets outside of the config of an action',
    document: wf([http('a', { config: { url: 'https://example.com' }, when: 'secrets.u == ""' })]),
    code: 'unknown_name',
    pointer: '/steps/0/when',
  },
  {
    why: 'result outside of output',
    document: wf([say('a', '${ result }')]),
    code: 'unknown_name',
    pointer: '/steps/0/config/output',
  },
  {
    why: 'an unknown step',
    document: wf([say('order', 1), say('b', { x: ['${ steps.odrer.output }'] }, { depends_on: ['order'] })]),
    code: 'unknown_step',
    pointer: '/steps/1/config/output/x/0',
    suggestion: 'order',
  },
  {
    why: 'a step that is no ancestor',
    document: wf([say('a', 1), say('b', '${ steps.a.output }')]),
    code: 'step_not_ended',
    pointer: '/steps/1/config/output',
    says: 'depends_on',
  },
  {
    why: 'the step itself in its condition',
    document: wf([say('a', 1, { when: 'steps.a.output == 1' })]),
    code: 'step_not_ended',
    pointer: '/steps/0/when',
    says: 'itself',
  },
  {
    why: 'a step inside a finished block',
    document: wf([
      route([{ when: 'true', steps: [say('a', 1)] }]),
      say('b', '${ steps.a.output }', { depends_on: ['route'] }),
    ]),
    code: 'step_not_ended',
    pointer: '/steps/1/config/output',
    suggestion: 'route',
  },
  {
    why: 'the enclosing step from inside',
    document: wf([route([{ when: 'true', steps: [say('a', '${ steps.route.output }')] }])]),
    code: 'step_not_ended',
    pointer: '/steps/0/config/cases/0/steps/0/config/output',
  },
  {
    why: 'a compensation by its made-up id',
    document: wf([http('abc', { compensate: { type: 'http_request', config: { url: 'u' } } })], {
      output: '${ steps["abc.compensate"].output }',
    }),
    code: 'unknown_step',
    pointer: '/output',
  },
  {
    why: 'an unknown field of a step',
    document: wf([say('a', 1), say('b', '${ steps.a.outptu }', { depends_on: ['a'] })]),
    code: 'unknown_step_field',
    pointer: '/steps/1/config/output',
    suggestion: 'output',
  },
  {
    why: 'the case of a step that is no switch',
    document: wf([say('a', 1), say('b', '${ steps.a.case }', { depends_on: ['a'] })]),
    code: 'unknown_step_field',
    pointer: '/steps/1/config/output',
  },
  {
    why: 'a step that is named only when it runs',
    document: wf([say('a', 1), say('b', '${ steps[input.name].output }', { depends_on: ['a'] })]),
    code: 'dynamic_step_reference',
    pointer: '/steps/1/config/output',
  },
  {
    why: 'a variable that nothing writes',
    document: wf([say('a', '${ vars.totl }')], { variables: { total: 0 } }),
    code: 'unknown_variable',
    pointer: '/steps/0/config/output',
    suggestion: 'total',
  },
  {
    why: 'a field that a closed input schema forbids',
    document: wf([say('a', '${ input.customer.nmae }')], {
      input_schema: {
        properties: { customer: { $ref: '#/$defs/c' } },
        $defs: { c: { properties: { name: {} }, additionalProperties: false } },
      },
    }),
    code: 'unknown_input_field',
    pointer: '/steps/0/config/output',
    suggestion: 'name',
  },
  {
    why: 'a condition that is a number',
    document: wf([say('a', 1, { when: '1 + 1' })]),
    code: 'expression_type',
    pointer: '/steps/0/when',
  },
  {
    why: 'a condition of a case that is text',
    document: wf([route([{ when: '"yes"', steps: [] }])]),
    code: 'expression_type',
    pointer: '/steps/0/config/cases/0/when',
  },
  {
    why: 'an unknown step in the output',
    document: wf([say('a', 1)], { output: { x: '${ steps.ghost.output }' } }),
    code: 'unknown_step',
    pointer: '/output/x',
  },
  {
    why: 'an unknown step in on_failure',
    document: wf([], { on_failure: [say('a', '${ steps.ghost.output }')] }),
    code: 'unknown_step',
    pointer: '/on_failure/0/config/output',
  },
];

const schemas: readonly Refusal[] = [
  {
    why: 'a type that is none',
    document: wf([], { input_schema: { properties: { a: { type: 'sting' } } } }),
    code: 'invalid_input_schema',
    pointer: '/input_schema/properties/a/type',
  },
  {
    why: 'a pattern with look-ahead, which RE2 does not run',
    document: wf([], { input_schema: { pattern: '(?=a)' } }),
    code: 'invalid_input_schema',
    pointer: '/input_schema/pattern',
    says: 'RE2',
  },
  {
    why: 'a reference to another document',
    document: wf([], { input_schema: { $ref: 'https://example.com/s.json' } }),
    code: 'invalid_input_schema',
    pointer: '/input_schema/$ref',
  },
  {
    why: 'a reference that leads nowhere',
    document: wf([], { input_schema: { $ref: '#/$defs/x' } }),
    code: 'invalid_input_schema',
    pointer: '/input_schema/$ref',
  },
  {
    why: 'a reference that leads back to itself',
    document: wf([], { input_schema: { $ref: '#' } }),
    code: 'invalid_input_schema',
    pointer: '/input_schema',
    says: 'never end',
  },
  {
    why: 'another draft',
    document: wf([], { input_schema: { $schema: 'http://json-schema.org/draft-07/schema#' } }),
    code: 'invalid_input_schema',
    pointer: '/input_schema/$schema',
  },
];

describe('a document is refused for an expression or its input schema, with one precise error [D11] [E1]', () => {
  it.each(expressions)('refuses: $why', expectRefusal);
  it.each(schemas)('refuses, as an input schema,: $why', expectRefusal);
});
