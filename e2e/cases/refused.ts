/** Definitions that saving refuses, and where it says so. */
import { expect } from 'vitest';
import { aWorkflow, calls, type Definition, needs, says } from '../definitions.ts';

export type RefusedCase = {
  readonly name: string;
  readonly definition: Definition;
  /** One of the errors; its fields may be matchers. */
  readonly error: {
    readonly pointer?: string;
    readonly code?: unknown;
    readonly message?: unknown;
    readonly suggestion?: unknown;
  };
};

const mentions = (text: string): unknown => expect.stringContaining(text);

export const refused: readonly RefusedCase[] = [
  {
    name: 'a dependency that does not exist is refused where it stands [D6]',
    definition: aWorkflow([says('a', 1, needs('nope'))]),
    error: { pointer: '/steps/0/depends_on/0', message: mentions('nope') },
  },
  {
    name: 'what says how items end is refused where nobody waits for them [WCP12]',
    definition: aWorkflow([
      {
        id: 'all',
        type: 'for_each',
        config: { items: 'input.list', wait: false, on_item_error: 'continue', steps: [says('a', 1)] },
      },
    ]),
    error: { pointer: '/steps/0/config/on_item_error', message: mentions('wait: false') },
  },
  {
    name: 'a cycle is refused [D6]',
    definition: aWorkflow([says('a', 1, needs('b')), says('b', 1, needs('a'))]),
    error: { message: mentions('cycle') },
  },
  {
    name: 'a join of steps that are never both chosen is refused, with the way to each [D6]',
    definition: aWorkflow([
      says('a', 1, { when: 'input.x == 1' }),
      says('b', 1, { when: 'input.x == 2' }),
      says('both', 1, { ...needs('a', 'b'), join: { count: 2 } }),
    ]),
    error: {
      code: 'join_never_satisfied',
      pointer: '/steps/2/join/count',
      message: mentions('start → a → both; start → b → both'),
      suggestion: '1',
    },
  },
  {
    name: 'a second step with the same id is refused [D6]',
    definition: aWorkflow([says('a', 1), says('a', 2)]),
    error: { pointer: '/steps/1/id' },
  },
  {
    name: 'an unknown type is refused, with the one that was meant [E1]',
    definition: aWorkflow([{ id: 'a', type: 'http_requst', config: {} }]),
    error: { pointer: '/steps/0/type', suggestion: mentions('http_request') },
  },
  {
    name: 'an unknown field is refused, with the one that was meant [E1]',
    definition: aWorkflow([says('a', 1, { dependson: [] })]),
    error: { pointer: '/steps/0/dependson', suggestion: mentions('depends_on') },
  },
  {
    name: 'a config that does not fit its action is refused [E1]',
    definition: aWorkflow([calls('a', { config: { url: 'STUB', method: 5 } })]),
    error: { pointer: '/steps/0/config/method' },
  },
  {
    name: 'an expression that does not parse is refused [E1 D11]',
    definition: aWorkflow([says('a', '${ input.. }')]),
    error: { pointer: '/steps/0/config/output' },
  },
  {
    name: 'an expression that refers to an unknown step is refused [E1]',
    definition: aWorkflow([says('a', '${ steps.ghost.output }')]),
    error: { pointer: '/steps/0/config/output', message: mentions('ghost') },
  },
  {
    name: 'an expression that refers to a step that is not an ancestor is refused [E1]',
    definition: aWorkflow([says('a', '${ steps.b.output }'), says('b', 1)]),
    error: { pointer: '/steps/0/config/output' },
  },
  {
    name: 'a sub_workflow that does not exist is refused [E6]',
    definition: aWorkflow([{ id: 'call', type: 'sub_workflow', config: { workflow_id: 'no-such-workflow' } }]),
    error: { pointer: '/steps/0/config/workflow_id', code: 'unknown_workflow', message: mentions('no-such-workflow') },
  },
  {
    name: 'a retry of a sub_workflow is refused: what it calls retries by itself',
    definition: aWorkflow([
      { id: 'call', type: 'sub_workflow', config: { workflow_id: 'x' }, retry: { max_retries: 1 } },
    ]),
    error: { pointer: '/steps/0/retry', code: 'not_for_control_type' },
  },
];
