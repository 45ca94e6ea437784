/** "What saving checks" and "Rules that are easy to forget" of the language, line by line. */
import { describe, expect, it } from 'vitest';
import { testActions } from '../../testing/definition/actions.ts';
import { http, say, wf } from '../../testing/definition/refusal.ts';
import type { Json, JsonObject } from '../json.ts';
import { compile } from './compile.ts';

const after = (...ids: string[]): JsonObject => ({ depends_on: ids });
const step = (type: string, config: JsonObject, more: JsonObject = {}): JsonObject => ({
  id: 's',
  type,
  config,
  ...more,
});
const sets = (id: string, more: JsonObject = {}): JsonObject => ({
  id,
  type: 'set_variables',
  config: { n: 1 },
  ...more,
});
const ends: JsonObject = { id: 'end', type: 'terminate', config: { status: 'COMPLETED' } };
const post = (key: string, more: JsonObject = {}) =>
  http('a', { config: { url: 'http://x', method: 'POST', headers: { 'idempotency-key': key } }, ...more });
const nested = (depth: number): Json =>
  depth === 0 ? say('leaf', 1) : { id: `b${depth}`, type: 'block', config: { steps: [nested(depth - 1)] } };

type Row = readonly [line: string, steps: readonly Json[], code: string, pointer: string, suggestion?: string];

const refused: readonly Row[] = [
  ['schema violations', [say('a', 1, { whn: 'input.x' })], 'unknown_field', '/steps/0/whn', 'when'],
  ['unknown step types', [step('transfrm', {})], 'unknown_type', '/steps/0/type', 'transform'],
  ['duplicate ids', [say('a', 1), say('a', 1)], 'duplicate_id', '/steps/1/id'],
  [
    'unknown ids',
    [say('order', 1), say('b', 1, after('ordre'))],
    'unknown_dependency',
    '/steps/1/depends_on/0',
    'order',
  ],
  ['cycles', [say('a', 1, after('b')), say('b', 1, after('a'))], 'cycle', '/steps/0/depends_on/0'],
  ['expressions that do not parse', [say('a', '${ 1 + }')], 'expression_syntax', '/steps/0/config/output'],
  [
    'expressions that refer to what cannot exist',
    [say('order', 1), say('b', '${ steps.ordre.output }', after('order'))],
    'unknown_step',
    '/steps/1/config/output',
    'order',
  ],
  [
    'joins that can never be satisfied: more than there are',
    [say('a', 1), say('b', 1), say('c', 1, { ...after('a', 'b'), join: { count: 3 } })],
    'join_never_satisfied',
    '/steps/2/join/count',
  ],
  [
    'joins that can never be satisfied: more than can succeed',
    [
      say('a', 1, { when: 'input.x' }),
      say('b', 1, { when: '!input.x' }),
      say('c', 1, { ...after('a', 'b'), join: { count: 2 } }),
    ],
    'join_never_satisfied',
    '/steps/2/join/count',
    '1',
  ],
  ['steps that can never run', [ends, say('b', 1, after('end'))], 'step_never_runs', '/steps/1/depends_on'],
  [
    '`max_iterations` over 100,000',
    [step('loop', { while: 'input.x', max_iterations: 100_001, steps: [] })],
    'too_large',
    '/steps/0/config/max_iterations',
  ],
  ['over 5,000 steps', Array.from({ length: 5001 }, (_, at) => say(`s${at}`, 1)), 'too_many_steps', '/steps/5000'],
  ['documents over 1 MB', [say('a', 'x'.repeat(1_048_577))], 'document_too_large', ''],
  ['nesting over 32', [nested(33)], 'nested_too_deep', `/steps/0${'/config/steps/0'.repeat(32)}/config/steps`],
  [
    'variables written in a `for_each` with concurrency over 1',
    [step('for_each', { items: [1], concurrency: 2, steps: [sets('w')] })],
    'variable_race',
    '/steps/0/config/steps/0/config/n',
  ],
  ['`retry` on control types', [say('a', 1, { retry: { max_retries: 1 } })], 'not_for_control_type', '/steps/0/retry'],
  [
    'both `max_attempts` and `max_retries`',
    [http('a', { retry: { max_attempts: 2, max_retries: 1 } })],
    'conflicting_fields',
    '/steps/0/retry/max_retries',
  ],
  [
    '`retry` beside `config.retry`',
    [http('a', { retry: { max_retries: 1 }, config: { url: 'u', retry: { max_retries: 1 } } })],
    'conflicting_fields',
    '/steps/0/config/retry',
  ],
  ['a missing field, where it would stand', [step('terminate', {})], 'missing_field', '/steps/0/config/status'],
  [
    'a reference to a step that is not an ancestor',
    [say('a', 1), say('b', '${ steps.a.output }')],
    'step_not_ended',
    '/steps/1/config/output',
  ],
  ['an unknown function', [say('a', '${ sise([]) }')], 'unknown_function', '/steps/0/config/output', 'size'],
  ['a `when` that is not boolean', [say('a', 1, { when: '1 + 1' })], 'expression_type', '/steps/0/when'],
];

const warned: readonly Row[] = [
  [
    'a POST without idempotency: an empty key',
    [post('')],
    'post_without_idempotency',
    '/steps/0/config/headers/idempotency-key',
  ],
  [
    'a POST without idempotency: one for all',
    [post('k')],
    'post_without_idempotency',
    '/steps/0/config/headers/idempotency-key',
  ],
  ['a wait without timeout', [step('wait', { signal: 'go' })], 'wait_without_timeout', '/steps/0/config/timeout'],
  [
    'a secret in plain text',
    [http('a', { config: { url: 'u', headers: { authorization: 'Bearer abcdefgh12345' } } })],
    'secret_in_plain_text',
    '/steps/0/config/headers/authorization',
  ],
  [
    'a loop without a wait that runs over 1,000 times',
    [step('loop', { while: 'input.x', max_iterations: 1001, steps: [] })],
    'busy_loop',
    '/steps/0/config/max_iterations',
  ],
  [
    'two steps that may run at once and write one variable',
    [sets('a'), sets('b')],
    'variable_race',
    '/steps/1/config/n',
  ],
  ['a step that is switched off', [say('a', 1, { when: 'false' })], 'step_never_runs', '/steps/0/when'],
];

const named = (rows: readonly Row[]) => rows.map((row) => ({ line: row[0], row }));

describe('what saving checks [E1]', () => {
  it.each(named(refused))('refuses: $line', ({ row: [, steps, code, pointer, suggestion] }) => {
    const result = compile(wf(steps), testActions);
    const [error, ...more] = 'errors' in result ? result.errors : [];
    expect(more).toEqual([]);
    expect(error).toMatchObject({ code, pointer });
    expect(error?.message.length).toBeGreaterThan(10);
    expect(error?.suggestion).toBe(suggestion);
  });

  it.each(named(warned))('warns of: $line', ({ row: [, steps, code, pointer] }) => {
    const result = compile(wf(steps), testActions);
    expect(result).toHaveProperty('plan');
    expect(result.warnings).toMatchObject([{ code, pointer, message: expect.stringMatching(/.{10}/) }]);
  });

  it('takes a cycle through `goto` and `loop`', () => {
    const back = { id: 'back', type: 'goto', config: { step: 'a' }, ...after('a'), when: 'input.again' };
    const again = step('loop', { times: 3, steps: [say('x', 1)] });
    expect(compile(wf([say('a', 1), back, again]), testActions)).toMatchObject({ warnings: [] });
  });

  it('says nothing of a POST whose key every try carries, or that has no second try', () => {
    const plain = http('a', { config: { url: 'http://x', method: 'POST', headers: { accept: 'text/plain' } } });
    for (const each of [plain, post('${ input.order }'), post('', { delivery: 'at_most_once' })])
      expect(compile(wf([each]), testActions).warnings).toEqual([]);
  });
});
