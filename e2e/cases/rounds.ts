/** Steps that run repeatedly: `goto`. */
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
];
