import { describe, it } from 'vitest';
import { expectRefusal, http, type Refusal, route, say, wf } from '../../testing/definition/refusal.ts';

const meaning: readonly Refusal[] = [
  {
    why: 'an unknown type',
    document: wf([{ id: 'a', type: 'http_requst', config: {} }]),
    code: 'unknown_type',
    pointer: '/steps/0/type',
    suggestion: 'http_request',
    says: 'http_request',
  },
  {
    why: 'a milestone that is no condition',
    document: wf([say('a', 1, { milestone: { when: '1 + 1' } })]),
    code: 'expression_type',
    pointer: '/steps/0/milestone/when',
  },
  {
    why: 'a milestone of a block that runs for each arrival',
    document: wf([
      say('a', 1),
      {
        id: 'b',
        type: 'block',
        config: { steps: [] },
        depends_on: ['a'],
        join: 'each',
        milestone: { when: 'input.x' },
      },
    ]),
    code: 'conflicting_fields',
    pointer: '/steps/1/milestone',
  },
  {
    why: 'a milestone without a condition',
    document: wf([say('a', 1, { milestone: { else: 'wait' } })]),
    code: 'missing_field',
    pointer: '/steps/0/milestone/when',
  },
  {
    why: 'a duplicate id',
    document: wf([say('a', 1), say('a', 2)]),
    code: 'duplicate_id',
    pointer: '/steps/1/id',
    says: '/steps/0',
  },
  {
    why: 'an id that is taken inside a block',
    document: wf([route([{ when: 'true', steps: [say('a', 1)] }]), say('a', 2)]),
    code: 'duplicate_id',
    pointer: '/steps/1/id',
  },
  {
    why: 'an unknown dependency',
    document: wf([say('order', 1), say('b', 1, { depends_on: ['odrer'] })]),
    code: 'unknown_dependency',
    pointer: '/steps/1/depends_on/0',
    suggestion: 'order',
  },
  {
    why: 'a dependency in another block',
    document: wf([route([{ when: 'true', steps: [say('a', 1)] }]), say('b', 1, { depends_on: ['a'] })]),
    code: 'dependency_outside_block',
    pointer: '/steps/1/depends_on/0',
  },
  {
    why: 'a dependency listed twice',
    document: wf([say('a', 1), say('b', 1, { depends_on: ['a', 'a'] })]),
    code: 'duplicate_dependency',
    pointer: '/steps/1/depends_on/1',
  },
  {
    why: 'a step that depends on itself',
    document: wf([say('a', 1, { depends_on: ['a'] })]),
    code: 'depends_on_itself',
    pointer: '/steps/0/depends_on/0',
    says: 'cycle',
  },
  {
    why: 'a cycle, with its path',
    document: wf([
      say('z', 1),
      say('a', 1, { depends_on: ['z', 'c'] }),
      say('b', 1, { depends_on: ['a'] }),
      say('c', 1, { depends_on: ['b'] }),
    ]),
    code: 'cycle',
    pointer: '/steps/1/depends_on/1',
    says: 'a → c → b → a',
  },
  {
    why: 'a join of more than there are',
    document: wf([say('a', 1), say('b', 1), say('c', 1, { depends_on: ['a', 'b'], join: { count: 3 } })]),
    code: 'join_never_satisfied',
    pointer: '/steps/2/join/count',
  },
  {
    why: 'a join without dependencies',
    document: wf([say('a', 1, { join: 'any' })]),
    code: 'join_without_dependencies',
    pointer: '/steps/0/join',
  },
  {
    why: 'cancel_remaining beside a join of all',
    document: wf([say('a', 1), say('b', 1, { depends_on: ['a'], cancel_remaining: true })]),
    code: 'cancel_remaining_without_join',
    pointer: '/steps/1/cancel_remaining',
  },
  {
    why: 'a step after terminate',
    document: wf([
      { id: 'stop', type: 'terminate', config: { status: 'COMPLETED' } },
      say('a', 1, { depends_on: ['stop'] }),
    ]),
    code: 'step_never_runs',
    pointer: '/steps/1/depends_on',
  },
  {
    why: 'retry on a control type',
    document: wf([say('a', 1, { retry: { max_retries: 1 } })]),
    code: 'not_for_control_type',
    pointer: '/steps/0/retry',
  },
  {
    why: 'retry on the step and in its config',
    document: wf([
      { id: 'a', type: 'http_request', retry: { max_retries: 1 }, config: { url: 'u', retry: { max_retries: 1 } } },
    ]),
    code: 'conflicting_fields',
    pointer: '/steps/0/config/retry',
  },
  {
    why: 'timeout on the step and in its config',
    document: wf([{ id: 'a', type: 'http_request', timeout: 5, config: { url: 'u', timeout: 5 } }]),
    code: 'conflicting_fields',
    pointer: '/steps/0/config/timeout',
  },
  {
    why: 'max_attempts and max_retries',
    document: wf([http('a', { retry: { max_attempts: 3, max_retries: 2 } })]),
    code: 'conflicting_fields',
    pointer: '/steps/0/retry/max_retries',
  },
  {
    why: 'a lifted retry that is none',
    document: wf([{ id: 'a', type: 'http_request', config: { url: 'u', retry: { max_attempts: 0 } } }]),
    code: 'too_small',
    pointer: '/steps/0/config/retry/max_attempts',
  },
  {
    why: 'a timeout of 0',
    document: wf([http('a', { timeout: 0 })]),
    code: 'invalid_duration',
    pointer: '/steps/0/timeout',
  },
  {
    why: 'a config that lacks a field of the action',
    document: wf([{ id: 'a', type: 'http_request' }]),
    code: 'missing_field',
    pointer: '/steps/0/config/url',
    says: 'Where to',
  },
  {
    why: 'an unknown field of an action',
    document: wf([http('a', { config: { url: 'u', headrs: {} } })]),
    code: 'unknown_field',
    pointer: '/steps/0/config/headrs',
    suggestion: 'headers',
  },
  {
    why: 'an action config of the wrong type',
    document: wf([http('a', { config: { url: 5 } })]),
    code: 'wrong_type',
    pointer: '/steps/0/config/url',
  },
  {
    why: 'a wait that is no duration',
    document: wf([{ id: 'a', type: 'wait', config: { for: 'soon' } }]),
    code: 'invalid_duration',
    pointer: '/steps/0/config/for',
  },
  {
    why: 'a wait until no time',
    document: wf([{ id: 'a', type: 'wait', config: { until: '2030-02-30T00:00:00Z' } }]),
    code: 'invalid_timestamp',
    pointer: '/steps/0/config/until',
  },
  {
    why: 'a function that exports nothing',
    document: wf([{ id: 'a', type: 'function', config: { code: 'return 1' } }]),
    code: 'no_default_export',
    pointer: '/steps/0/config/code',
  },
  {
    why: 'a function that may run for an hour',
    document: wf([{ id: 'a', type: 'function', config: { code: 'export default () => 1', timeout: '1h' } }]),
    code: 'invalid_duration',
    pointer: '/steps/0/config/timeout',
  },
];

describe('a document is refused for what it means, with one precise error [D6] [E1]', () => {
  it.each(meaning)('refuses: $why', expectRefusal);
});
