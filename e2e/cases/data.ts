/** What values do on their way: variables, shaped outputs, functions, odd data, expressions that fail. */
import { aWorkflow, calls, needs, says } from '../definitions.ts';
import type { Case } from './case.ts';

const runs = (code: string, more: object = {}) => ({ id: 'f', type: 'function', config: { code, ...more } });

export const data: readonly Case[] = [
  {
    name: 'set_variables writes variables that later steps read [E13]',
    definition: aWorkflow(
      [
        { id: 'add', type: 'set_variables', config: { total: '${ vars.total + input.n }', seen: ['${ input.n }'] } },
        says('end', '${ vars.total }', needs('add')),
      ],
      { variables: { total: 1, untouched: 'x' } },
    ),
    input: { n: 41 },
    expect: { status: 'COMPLETED', output: { end: 42 }, variables: { total: 42, untouched: 'x', seen: [41] } },
  },
  {
    name: 'output shapes what dependents see of a step [E2]',
    definition: aWorkflow([
      calls('order', { output: { id: '${ result.body.order.id }', ok: '${ result.status == 201 }' } }),
      says('text', 'order ${ steps.order.output.id }: ${ steps.order.output.ok }', needs('order')),
    ]),
    world: { 'POST /order': [{ status: 201, body: { order: { id: 'o-1' } } }] },
    expect: { status: 'COMPLETED', output: { text: 'order o-1: true' } },
  },
  {
    name: 'numbers of JSON mix freely, and a division is exact',
    definition: aWorkflow([says('n', ['${ input.a / input.b }', '${ input.a + 0.5 }', '${ size(input.list) * 2 }'])]),
    input: { a: 3, b: 2, list: [1, 2] },
    expect: { status: 'COMPLETED', output: { n: [1.5, 3.5, 4] } },
  },
  {
    name: 'any key and any text is data: U+0000, a lone surrogate, __proto__ and constructor survive',
    definition: aWorkflow([says('same', '${ input }')], { output: '${ steps.same.output }' }),
    input: JSON.parse('{"__proto__":{"polluted":true},"constructor":"c","zero":"a\\u0000b","lone":"\\ud800"}'),
    expect: {
      status: 'COMPLETED',
      output: JSON.parse('{"__proto__":{"polluted":true},"constructor":"c","zero":"a\\u0000b","lone":"\\ud800"}'),
    },
  },
  {
    name: 'a missing field is an error with its step, never a silent null [E1]',
    definition: aWorkflow([says('a', '${ input.customer.name }')]),
    input: { customer: {} },
    expect: { status: 'FAILED', error: { code: 'expression_error', step: 'a' }, steps: { a: 'FAILED' } },
  },
  {
    name: 'has() and orValue() ask first [E1]',
    definition: aWorkflow([says('a', ['${ has(input.x) }', '${ input.?x.orValue(7) }'])]),
    expect: { status: 'COMPLETED', output: { a: [false, 7] } },
  },
  {
    name: 'CSV becomes XML and objects again, a date is moved by the calendar, and a digest is made, with nobody called',
    definition: aWorkflow(
      [
        { id: 'csv', type: 'csv.parse', config: { text: '${ input.csv }', types: true } },
        {
          id: 'xml',
          type: 'xml.build',
          config: { name: 'orders', value: { order: '${ steps.csv.output.rows }' } },
          ...needs('csv'),
        },
        {
          id: 'back',
          type: 'xml.parse',
          config: { text: '${ steps.xml.output.text }', lists: ['order'] },
          ...needs('xml'),
        },
        { id: 'due', type: 'date.add', config: { date: '${ input.at }', zone: 'Europe/Zurich', days: 1 } },
        { id: 'digest', type: 'crypto.hash', config: { data: 'abc', algorithm: 'sha1' } },
      ],
      {
        output: {
          orders: '${ steps.back.output.value.order }',
          due: '${ steps.due.output.local }',
          digest: '${ steps.digest.output.digest }',
        },
      },
    ),
    input: { csv: 'id,name\n1,"Lee, Ann"\n', at: '2026-03-28T12:00' },
    expect: {
      status: 'COMPLETED',
      output: {
        orders: [{ id: '1', name: 'Lee, Ann' }],
        due: '2026-03-29T12:00:00.000+02:00',
        digest: 'a9993e364706816aba3e25717850c26c9cd0d89d',
      },
      calls: [],
    },
  },
  {
    name: 'a function computes in the sandbox, where there is no process, no require and no network [X4 PR35]',
    definition: aWorkflow([
      runs('export default (input) => [input.a + 1, typeof process, typeof require, typeof fetch]', {
        input: { a: '${ input.a }' },
      }),
    ]),
    input: { a: 1 },
    expect: { status: 'COMPLETED', output: { f: [2, 'undefined', 'undefined', 'undefined'] } },
  },
  {
    name: 'a function that throws fails its step with function_error [PR35]',
    definition: aWorkflow([runs('export default () => { throw new Error("no") }')]),
    expect: { status: 'FAILED', error: { code: 'function_error', step: 'f' } },
  },
  {
    name: 'a function that never ends is stopped at its timeout [PR35]',
    definition: aWorkflow([runs('export default () => { for (;;) {} }', { timeout: '200ms' })]),
    expect: { status: 'FAILED', error: { code: 'timeout', step: 'f' }, atMostMs: 4_000 },
  },
  {
    name: 'a function that takes too much memory fails alone [PR35]',
    definition: aWorkflow([
      runs('export default () => { const all = []; for (;;) all.push("x".repeat(100000) + all.length) }', {
        memory_mb: 8,
        timeout: '5s',
      }),
    ]),
    expect: { status: 'FAILED', error: { code: 'out_of_memory', step: 'f' } },
  },
];
