/** Steps that hold steps: groups, branches, rounds, items, and what takes them out again. */
import { aWorkflow, calls, naps, needs, says } from '../definitions.ts';
import type { Case } from './case.ts';

const increments = { id: 'increment', type: 'set_variables', config: { n: '${ vars.n + 1 }' } };

export const blocks: readonly Case[] = [
  {
    name: 'a block stands for its steps: its condition skips them all, its output is that of the last [E4]',
    definition: aWorkflow(
      [
        {
          id: 'yes',
          type: 'block',
          config: { steps: [says('a', 1), says('b', '${ steps.a.output + 1 }', needs('a'))] },
        },
        { id: 'no', type: 'block', when: 'false || input.never', config: { steps: [says('c', 1)] } },
      ],
      { output: '${ steps.yes.output }' },
    ),
    input: { never: false },
    expect: { status: 'COMPLETED', output: 2, steps: { yes: 'SUCCESS', no: 'SKIPPED', c: 'SKIPPED' } },
  },
  {
    name: 'branches run at the same time, and their outputs come by name [E3 WCP2 WCP3]',
    definition: aWorkflow(
      [
        {
          id: 'both',
          type: 'parallel',
          config: { branches: { left: { steps: [calls('l')] }, right: { steps: [calls('r')] } } },
          output: { names: '${ result.map(name, name) }' },
        },
      ],
      { output: '${ steps.both.output.names.sort() }' },
    ),
    world: { 'POST /l': [{ delayMs: 400 }], 'POST /r': [{ delayMs: 400 }] },
    expect: { status: 'COMPLETED', output: ['left', 'right'], peak: 2, atLeastMs: 400, atMostMs: 1_500 },
  },
  {
    name: 'the first branch to succeed is enough when the rest is cancelled [WCP29]',
    definition: aWorkflow([
      {
        id: 'race',
        type: 'parallel',
        config: {
          join: 'any',
          cancel_remaining: true,
          branches: { slow: { steps: [naps('nap', '1h')] }, quick: { steps: [says('won', 'quick')] } },
        },
      },
    ]),
    expect: {
      status: 'COMPLETED',
      output: { race: { quick: 'quick' } },
      steps: { nap: 'SKIPPED', won: 'SUCCESS' },
      atMostMs: 2_000,
    },
  },
  {
    name: 'a loop goes on while its condition holds [E5]',
    definition: aWorkflow([{ id: 'count', type: 'loop', config: { while: 'vars.n < 5', steps: [increments] } }], {
      variables: { n: 0 },
      output: '${ vars.n }',
    }),
    expect: { status: 'COMPLETED', output: 5, variables: { n: 5 } },
  },
  {
    name: 'a loop of 5,000 rounds lets others have their turn, and ends [E5]',
    definition: aWorkflow(
      [{ id: 'count', type: 'loop', config: { times: 5_000, max_iterations: 5_000, steps: [increments] } }],
      { variables: { n: 0 }, output: '${ vars.n }' },
    ),
    expect: { status: 'COMPLETED', output: 5_000 },
  },
  {
    name: 'a loop that never ends by itself fails at its limit [F65]',
    definition: aWorkflow([
      { id: 'spin', type: 'loop', config: { while: 'true', max_iterations: 50, steps: [says('x', 1)] } },
    ]),
    expect: { status: 'FAILED', error: { code: 'loop_limit', step: 'spin' } },
  },
  {
    name: 'items keep their order, run so many at a time, and each has keys of its own [E5 WCP14]',
    definition: aWorkflow(
      [
        {
          id: 'each',
          type: 'for_each',
          config: {
            items: '${ input.list }',
            as: 'number',
            concurrency: 2,
            steps: [calls('call'), says('twice', '${ number * 2 }', needs('call'))],
          },
        },
      ],
      { output: '${ steps.each.output }' },
    ),
    input: { list: [1, 2, 3, 4] },
    world: { 'POST /call': [{ delayMs: 200 }] },
    expect: { status: 'COMPLETED', output: [2, 4, 6, 8], peak: 2, sameKey: false, atLeastMs: 400 },
  },
  {
    name: 'items that nothing waits for are started, and the step goes on with their ids [WCP12]',
    definition: aWorkflow(
      [
        {
          id: 'all',
          type: 'for_each',
          config: { items: 'input.list', wait: false, steps: [naps('nap', '1h'), says('x', '${ input.missing }')] },
        },
        says('ids', '${ steps.all.output }', needs('all')),
      ],
      { output: '${ size(steps.ids.output) }' },
    ),
    input: { list: [1, 2, 3] },
    expect: { status: 'COMPLETED', output: 3, steps: { all: 'SUCCESS', ids: 'SUCCESS' } },
  },
  {
    name: 'as many failed items are forgiven as max_failures says [E5]',
    definition: aWorkflow(
      [
        {
          id: 'each',
          type: 'for_each',
          config: {
            items: ['a', 'b', 'c'],
            concurrency: 1,
            on_item_error: { max_failures: 1 },
            steps: [says('x', '${ item == "b" ? input.missing : item }')],
          },
        },
      ],
      { output: '${ steps.each.output }' },
    ),
    expect: { status: 'COMPLETED', output: ['a', null, 'c'] },
  },
  {
    name: 'a cancel step withdraws another branch and what follows it [WCP19]',
    definition: aWorkflow([
      naps('nap', '1h'),
      calls('never', needs('nap')),
      calls('found'),
      { id: 'enough', type: 'cancel', config: { steps: ['nap'] }, depends_on: ['found'] },
    ]),
    expect: {
      status: 'COMPLETED',
      calls: ['POST /found'],
      steps: { nap: 'SKIPPED', never: 'SKIPPED', enough: 'SUCCESS' },
      atMostMs: 3_000,
    },
  },
  {
    name: 'a cancel step withdraws a step of another branch, and what follows it there [WCP19]',
    definition: aWorkflow([
      {
        id: 'both',
        type: 'parallel',
        config: {
          branches: {
            slow: { steps: [naps('nap', '1h'), calls('never', needs('nap')), says('aside', 1)] },
            quick: {
              steps: [
                calls('found'),
                { id: 'enough', type: 'cancel', config: { steps: ['nap'] }, depends_on: ['found'] },
              ],
            },
          },
        },
      },
    ]),
    expect: {
      status: 'COMPLETED',
      calls: ['POST /found'],
      steps: { nap: 'SKIPPED', never: 'SKIPPED', aside: 'SUCCESS', enough: 'SUCCESS' },
      atMostMs: 3_000,
    },
  },
  {
    name: 'a cancel step completes a block of every open item with what it has [WCP26 WCP27]',
    definition: aWorkflow(
      [
        {
          id: 'list',
          type: 'for_each',
          config: {
            items: ['a', 'b'],
            steps: [{ id: 'inner', type: 'block', config: { steps: [says('early', '${ item }'), naps('nap', '1h')] } }],
          },
        },
        calls('found'),
        { id: 'enough', type: 'cancel', config: { steps: ['inner'], outcome: 'complete' }, depends_on: ['found'] },
        says('all', '${ steps.list.output }', needs('list')),
      ],
      { output: '${ steps.all.output }' },
    ),
    expect: { status: 'COMPLETED', output: ['a', 'b'], calls: ['POST /found'], atMostMs: 3_000 },
  },
];
