/** Steps that run several times: rounds by `goto`, and blocks that run for each of what arrives. */
import { aWorkflow, calls, naps, needs, once, says } from '../definitions.ts';
import type { Case } from './case.ts';

const counts = (id: string, more: object = {}) => ({
  id,
  type: 'set_variables',
  config: { n: '${ vars.n + 1 }' },
  ...more,
});
const goesBack = (step: string, more: object) => ({ id: 'again', type: 'goto', config: { step }, ...more });

export const rounds: readonly Case[] = [
  {
    name: 'a goto begins earlier steps again, each round with keys of its own, until its condition lets the rest run [E5 WCP10]',
    definition: aWorkflow(
      [
        calls('draft'),
        calls('review', needs('draft')),
        counts('counted', needs('review')),
        goesBack('draft', { ...needs('counted'), when: 'vars.n < 3' }),
        says('done', '${ vars.n }', needs('again')),
      ],
      { variables: { n: 0 }, output: '${ steps.done.output }' },
    ),
    expect: {
      status: 'COMPLETED',
      output: 3,
      calls: ['POST /draft', 'POST /review', 'POST /draft', 'POST /review', 'POST /draft', 'POST /review'],
      sameKey: false,
    },
  },
  {
    name: 'a goto withdraws what still runs of the round before, and what has waited since starts anew [WCP10]',
    definition: aWorkflow(
      [
        says('first', 1),
        naps('nap', '1s', needs('first')),
        naps('short', 200, needs('first')),
        counts('counted', needs('short')),
        goesBack('first', { ...needs('counted'), when: 'vars.n < 2' }),
      ],
      { variables: { n: 0 }, output: '${ vars.n }' },
    ),
    expect: { status: 'COMPLETED', output: 2, atLeastMs: 1_200, atMostMs: 3_000 },
  },
  {
    name: 'a goto that is due once more than its max fails [F65]',
    definition: aWorkflow([says('a', 1), { ...goesBack('a', needs('a')), config: { step: 'a', max: 7 } }]),
    expect: { status: 'FAILED', error: { code: 'goto_limit', step: 'again' } },
  },
  {
    name: 'the effects of all rounds are undone, last finished first',
    definition: aWorkflow(
      [
        counts('counted'),
        calls('pay', {
          ...needs('counted'),
          compensate: {
            type: 'http_request',
            config: { url: 'STUB/refund-${ steps.counted.output.n }', method: 'POST' },
          },
        }),
        goesBack('counted', { ...needs('pay'), when: 'vars.n < 2' }),
        calls('break', { ...needs('again'), ...once }),
      ],
      { variables: { n: 0 } },
    ),
    world: { 'POST /break': [{ status: 400 }] },
    expect: {
      status: 'FAILED',
      calls: ['POST /pay', 'POST /pay', 'POST /break', 'POST /refund-2', 'POST /refund-1'],
    },
  },
  {
    name: 'a block with join each runs once for each branch that arrives, side by side and with keys of its own [WCP8]',
    definition: aWorkflow(
      [
        naps('late', 300),
        says('early', 'e'),
        says('never', 1, { when: 'false || input.never' }),
        {
          id: 'tell',
          type: 'block',
          join: 'each',
          ...needs('late', 'early', 'never'),
          config: { steps: [calls('send'), says('who', '${ arrival.step }', needs('send'))] },
        },
      ],
      { output: '${ steps.tell.output }' },
    ),
    input: { never: false },
    world: { 'POST /send': [{ delayMs: 700 }] },
    expect: { status: 'COMPLETED', output: ['early', 'late'], peak: 2, sameKey: false, atMostMs: 2_500 },
  },
  {
    name: 'items are taken up one by one as they end, and merged again so many at a time [WCP41 WCP42]',
    definition: aWorkflow(
      [
        {
          id: 'orders',
          type: 'for_each',
          config: { items: '${ range(5) }', steps: [says('order', '${ item * 10 }')] },
        },
        {
          id: 'check',
          type: 'block',
          join: 'each',
          ...needs('orders'),
          config: { steps: [says('checked', '${ arrival.output + 1 }')] },
        },
        {
          id: 'truck',
          type: 'block',
          join: { each: 2 },
          ...needs('check'),
          config: { steps: [says('load', '${ arrival.outputs }')] },
        },
      ],
      { output: '${ steps.truck.output }' },
    ),
    expect: {
      status: 'COMPLETED',
      output: [
        [1, 11],
        [21, 31],
      ],
    },
  },
  {
    name: 'a block with join sets pairs what arrives, first with first [WCP33]',
    definition: aWorkflow(
      [
        { id: 'left', type: 'for_each', config: { items: ['a', 'b', 'c'], steps: [says('l', '${ item }')] } },
        {
          id: 'right',
          type: 'for_each',
          config: { items: [1, 2], concurrency: 1, steps: [naps('nap', 100), says('r', '${ item }', needs('nap'))] },
        },
        {
          id: 'pair',
          type: 'block',
          join: 'sets',
          ...needs('left', 'right'),
          config: { steps: [says('both', '${ arrival.outputs.left + string(arrival.outputs.right) }')] },
        },
      ],
      { output: '${ steps.pair.output }' },
    ),
    expect: { status: 'COMPLETED', output: ['a1', 'b2'] },
  },
  {
    name: 'the first of each set is enough when it says so, and the next set has its turn [WCP28 WCP31]',
    definition: aWorkflow(
      [
        { id: 'left', type: 'for_each', config: { items: ['a', 'b'], steps: [says('l', '${ item }')] } },
        {
          id: 'right',
          type: 'for_each',
          config: { items: ['c', 'd'], steps: [naps('nap', 300), says('r', '${ item }', needs('nap'))] },
        },
        {
          id: 'first',
          type: 'block',
          join: { sets: 1 },
          ...needs('left', 'right'),
          config: { steps: [says('who', '${ arrival.output }')] },
        },
      ],
      { output: '${ steps.first.output }' },
    ),
    expect: { status: 'COMPLETED', output: ['a', 'b'], atLeastMs: 300 },
  },
  {
    name: 'a run that fails fails the block, stops the others and undoes what had succeeded',
    definition: aWorkflow([
      says('a', 1),
      says('b', 2),
      {
        id: 'each',
        type: 'block',
        join: 'each',
        ...needs('a', 'b'),
        config: {
          steps: [
            calls('pay', {
              compensate: {
                type: 'http_request',
                config: { url: 'STUB/refund-${ arrival.output }', method: 'POST' },
              },
            }),
            calls('break', { ...needs('pay'), ...once, when: 'arrival.index == 1' }),
            naps('long', '1h', { ...needs('pay'), when: 'arrival.index == 0' }),
          ],
        },
      },
    ]),
    world: { 'POST /break': [{ status: 400 }] },
    expect: {
      status: 'FAILED',
      error: { code: 'http_status', step: 'break' },
      calls: ['POST /pay', 'POST /pay', 'POST /break', 'POST /refund-1', 'POST /refund-2'],
      inAnyOrder: true,
      atMostMs: 5_000,
    },
  },
];
