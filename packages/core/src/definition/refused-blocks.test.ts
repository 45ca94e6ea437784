import { describe, it } from 'vitest';
import { expectRefusal, http, type Refusal, say, wf } from '../../testing/definition/refusal.ts';
import type { Json, JsonObject } from '../json.ts';

const typed = (type: string, config: JsonObject, more: JsonObject = {}): JsonObject => ({
  id: type,
  type,
  config,
  ...more,
});
const each = (steps: Json, config: JsonObject = {}) => typed('for_each', { items: 'input.list', steps, ...config });
const loop = (steps: Json, config: JsonObject = { times: 3 }) => typed('loop', { steps, ...config });
const branch = (...steps: Json[]): JsonObject => ({ steps });
const parallel = (branches: JsonObject, config: JsonObject = {}) => typed('parallel', { branches, ...config });
const cancel = (ids: Json, more: JsonObject = {}): JsonObject => ({
  id: 'stop',
  type: 'cancel',
  config: { steps: ids },
  ...more,
});
const sets = (id: string): JsonObject => ({ id, type: 'set_variables', config: { n: 1 } });

const detached = (steps: Json, config: JsonObject = {}) => each(steps, { wait: false, ...config });

const blocks: readonly Refusal[] = [
  ...[
    { on_item_error: 'continue' },
    { complete_when: 'done > 1' },
    { remaining: 'ignore' },
    { add_signal: 'more' },
  ].map(
    (config): Refusal => ({
      why: `${Object.keys(config)[0]} where nobody waits for the items`,
      document: wf([detached([], config)]),
      code: 'only_when_waiting',
      pointer: `/steps/0/config/${Object.keys(config)[0]}`,
      says: 'wait: false',
    }),
  ),
  {
    why: 'a cancel of a step around an item that is an execution of its own',
    document: wf([say('a', 1), detached([cancel(['a'])])]),
    code: 'step_out_of_reach',
    pointer: '/steps/1/config/steps/0/config/steps/0',
  },
  {
    why: 'a cancel of a step in items that are executions of their own',
    document: wf([detached([say('a', 1)]), cancel(['a'])]),
    code: 'step_out_of_reach',
    pointer: '/steps/1/config/steps/0',
  },
  {
    why: 'a closing signal without one that adds',
    document: wf([each([], { close_signal: 'close' })]),
    code: 'missing_field',
    pointer: '/steps/0/config/add_signal',
  },
  {
    why: 'one signal that adds items and closes',
    document: wf([each([], { add_signal: 'more', close_signal: 'more' })]),
    code: 'conflicting_fields',
    pointer: '/steps/0/config/close_signal',
  },
  {
    why: 'a block without steps',
    document: wf([typed('block', {})]),
    code: 'missing_field',
    pointer: '/steps/0/config/steps',
  },
  {
    why: 'a handler that undoes what is no block',
    document: wf([http('a', { on_error: { steps: [], compensate: true } })]),
    code: 'compensate_outside_block',
    pointer: '/steps/0/on_error/compensate',
    says: 'http_request',
  },
  {
    why: 'a handler that undoes a loop',
    document: wf([{ ...loop([say('a', 1)]), on_error: { steps: [], compensate: true } }]),
    code: 'compensate_outside_block',
    pointer: '/steps/0/on_error/compensate',
    says: '`block`',
  },
  {
    why: 'retry on a block',
    document: wf([typed('block', branch(), { retry: { max_retries: 1 } })]),
    code: 'not_for_control_type',
    pointer: '/steps/0/retry',
  },
  {
    why: 'a step inside a block from outside',
    document: wf([typed('block', branch(say('a', 1))), say('b', '${ steps.a.output }', { depends_on: ['block'] })]),
    code: 'step_not_ended',
    pointer: '/steps/1/config/output',
    suggestion: 'block',
  },
];

const parallels: readonly Refusal[] = [
  { why: 'no branch', document: wf([parallel({})]), code: 'too_short', pointer: '/steps/0/config/branches' },
  {
    why: 'a branch whose name is no slug',
    document: wf([parallel({ 'A b': branch() })]),
    code: 'pattern_mismatch',
    pointer: '/steps/0/config/branches/A b',
    says: 'slug',
  },
  {
    why: 'a branch with the name of another block of the step',
    document: wf([parallel({ a: branch(), error: branch() })]),
    code: 'reserved_name',
    pointer: '/steps/0/config/branches/error',
    says: 'on_error',
  },
  {
    why: 'a join of more branches than there are',
    document: wf([parallel({ a: branch(), b: branch() }, { join: { count: 3 } })]),
    code: 'join_never_satisfied',
    pointer: '/steps/0/config/join/count',
  },
  {
    why: 'cancel_remaining beside a join of all branches',
    document: wf([parallel({ a: branch() }, { cancel_remaining: true })]),
    code: 'cancel_remaining_without_join',
    pointer: '/steps/0/config/cancel_remaining',
  },
  {
    why: 'a step of another branch',
    document: wf([parallel({ a: branch(say('x', 1)), b: branch(say('y', '${ steps.x.output }')) })]),
    code: 'step_not_ended',
    pointer: '/steps/0/config/branches/b/steps/0/config/output',
  },
  {
    why: 'a dependency on a step of another branch',
    document: wf([parallel({ a: branch(say('x', 1)), b: branch(say('y', 1, { depends_on: ['x'] })) })]),
    code: 'dependency_outside_block',
    pointer: '/steps/0/config/branches/b/steps/0/depends_on/0',
  },
  {
    why: 'one id in two branches',
    document: wf([parallel({ a: branch(say('x', 1)), b: branch(say('x', 1)) })]),
    code: 'duplicate_id',
    pointer: '/steps/0/config/branches/b/steps/0/id',
  },
];

const loops: readonly Refusal[] = [
  {
    why: 'a loop without an end',
    document: wf([loop([], {})]),
    code: 'missing_field',
    pointer: '/steps/0/config/while',
  },
  {
    why: 'a loop with two ends',
    document: wf([loop([], { while: 'true', until: 'true' })]),
    code: 'several_alternatives_fit',
    pointer: '/steps/0/config',
    says: 'one of `while`, `until` and `times`',
  },
  {
    why: 'over 100,000 rounds',
    document: wf([loop([], { while: 'input.x', max_iterations: 100_001 })]),
    code: 'too_large',
    pointer: '/steps/0/config/max_iterations',
  },
  {
    why: 'a fraction of a round',
    document: wf([loop([], { times: 1.5 })]),
    code: 'wrong_type',
    pointer: '/steps/0/config/times',
  },
  {
    why: 'a number of rounds that is text',
    document: wf([loop([], { times: 'input.n' })]),
    code: 'not_a_count',
    pointer: '/steps/0/config/times',
    says: '${',
  },
  {
    why: 'a number of rounds that is a list',
    document: wf([loop([], { times: '${ [1] }' })]),
    code: 'not_a_count',
    pointer: '/steps/0/config/times',
  },
  {
    why: 'a condition that is a number',
    document: wf([loop([], { while: 'loop.index + 1' })]),
    code: 'expression_type',
    pointer: '/steps/0/config/while',
  },
  {
    why: 'the steps of a round before it',
    document: wf([loop([say('a', 1)], { while: 'steps.a.output == 1' })]),
    code: 'step_not_ended',
    pointer: '/steps/0/config/while',
    says: 'not ended',
  },
  {
    why: 'a step deeper inside a round, at its end',
    document: wf([loop([typed('block', branch(say('a', 1)))], { until: 'steps.a.output == 1' })]),
    code: 'step_not_ended',
    pointer: '/steps/0/config/until',
    suggestion: 'block',
  },
  {
    why: 'the loop itself from inside, which has not ended',
    document: wf([loop([say('a', '${ steps.loop.output }')])]),
    code: 'step_not_ended',
    pointer: '/steps/0/config/steps/0/config/output',
    says: 'loop.previous',
  },
  {
    why: '`loop` outside of it',
    document: wf([loop([]), say('a', '${ loop.index }', { depends_on: ['loop'] })]),
    code: 'unknown_name',
    pointer: '/steps/1/config/output',
  },
  {
    why: '`loop` in the handler of the loop, whose rounds are over',
    document: wf([{ ...loop([]), on_error: branch(say('a', '${ loop.index }')) }]),
    code: 'unknown_name',
    pointer: '/steps/0/on_error/steps/0/config/output',
  },
  {
    why: 'a field that `loop` does not have',
    document: wf([loop([say('a', '${ loop.indx }')])]),
    code: 'unknown_name_field',
    pointer: '/steps/0/config/steps/0/config/output',
    suggestion: 'index',
  },
];

const forEachs: readonly Refusal[] = [
  {
    why: 'no items',
    document: wf([typed('for_each', { steps: [] })]),
    code: 'missing_field',
    pointer: '/steps/0/config/items',
    says: 'list',
  },
  {
    why: 'items that are an object',
    document: wf([each([], { items: {} })]),
    code: 'wrong_type',
    pointer: '/steps/0/config/items',
    says: 'list',
  },
  {
    why: 'items that are certainly a number',
    document: wf([each([], { items: '1 + 1' })]),
    code: 'not_a_list',
    pointer: '/steps/0/config/items',
  },
  {
    why: 'items that are certainly text',
    document: wf([each([], { items: '${ "a" }' })]),
    code: 'not_a_list',
    pointer: '/steps/0/config/items',
  },
  {
    why: 'items that read themselves',
    document: wf([each([], { items: 'item.list' })]),
    code: 'unknown_name',
    pointer: '/steps/0/config/items',
  },
  {
    why: 'an unknown step in an item of a literal',
    document: wf([each([], { items: [1, { x: '${ steps.ghost.output }' }] })]),
    code: 'unknown_step',
    pointer: '/steps/0/config/items/1/x',
  },
  {
    why: 'a name that is none',
    document: wf([each([], { as: 'my-item' })]),
    code: 'pattern_mismatch',
    pointer: '/steps/0/config/as',
  },
  ...['for', 'true', 'loop', 'index', 'steps', 'secrets', 'result'].map((as) => ({
    why: `an item called ${as}`,
    document: wf([each([], { as })]),
    code: 'reserved_name',
    pointer: '/steps/0/config/as',
  })),
  {
    why: '`item` where the item has another name',
    document: wf([each([say('a', '${ item }')], { as: 'order' })]),
    code: 'unknown_name',
    pointer: '/steps/0/config/steps/0/config/output',
  },
  {
    why: 'the item outside',
    document: wf([each([]), say('a', '${ item }', { depends_on: ['for_each'] })]),
    code: 'unknown_name',
    pointer: '/steps/1/config/output',
  },
  {
    why: 'more than 1,000 at once',
    document: wf([each([], { concurrency: 1001 })]),
    code: 'too_large',
    pointer: '/steps/0/config/concurrency',
  },
  {
    why: 'a misspelled policy',
    document: wf([each([], { on_item_error: { max_failure: 2 } })]),
    code: 'unknown_field',
    pointer: '/steps/0/config/on_item_error/max_failure',
    suggestion: 'max_failures',
  },
  {
    why: 'an end that asks for the item',
    document: wf([each([], { complete_when: 'item == 1' })]),
    code: 'unknown_name',
    pointer: '/steps/0/config/complete_when',
  },
  {
    why: 'an end that is a number',
    document: wf([each([], { complete_when: 'size(results) + 1' })]),
    code: 'expression_type',
    pointer: '/steps/0/config/complete_when',
  },
  {
    why: 'a variable that items write at once',
    document: wf([each([sets('a')])]),
    code: 'variable_race',
    pointer: '/steps/0/config/steps/0/config/n',
    says: 'concurrency',
  },
  {
    why: 'a variable that items write at once, however deep inside',
    document: wf([each([typed('block', branch(loop([sets('a')])))], { concurrency: 2 })]),
    code: 'variable_race',
    pointer: '/steps/0/config/steps/0/config/steps/0/config/steps/0/config/n',
  },
];

const cancels: readonly Refusal[] = [
  { why: 'a cancel of nothing', document: wf([cancel([])]), code: 'too_short', pointer: '/steps/0/config/steps' },
  {
    why: 'a step listed twice',
    document: wf([say('a', 1), cancel(['a', 'a'])]),
    code: 'duplicate_item',
    pointer: '/steps/1/config/steps/1',
  },
  {
    why: 'an unknown step',
    document: wf([say('remind', 1), cancel(['remnid'])]),
    code: 'unknown_step',
    pointer: '/steps/1/config/steps/0',
    suggestion: 'remind',
  },
  {
    why: 'the step itself',
    document: wf([cancel(['stop'])]),
    code: 'step_out_of_reach',
    pointer: '/steps/0/config/steps/0',
    says: 'itself',
  },
  {
    why: 'a step that holds it',
    document: wf([typed('block', branch(loop([cancel(['block'])])))]),
    code: 'step_out_of_reach',
    pointer: '/steps/0/config/steps/0/config/steps/0/config/steps/0',
    says: 'holds',
  },
  {
    why: 'an unknown outcome',
    document: wf([say('a', 1), { id: 'b', type: 'cancel', config: { steps: ['a'], outcome: 'completed' } }]),
    code: 'not_allowed_value',
    pointer: '/steps/1/config/outcome',
    suggestion: 'complete',
  },
];

describe('a document is refused for what is wrong with its blocks, with one precise error [D6] [D11] [E1]', () => {
  it.each(blocks)('refuses, of a block: $why', expectRefusal);
  it.each(parallels)('refuses, of a parallel: $why', expectRefusal);
  it.each(loops)('refuses, of a loop: $why', expectRefusal);
  it.each(forEachs)('refuses, of a for_each: $why', expectRefusal);
  it.each(cancels)('refuses, of a cancel: $why', expectRefusal);
});
