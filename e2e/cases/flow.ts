/** How work flows: order, joins, choices, dead paths, waiting, ending. */
import { aWorkflow, calls, naps, needs, once, says } from '../definitions.ts';
import type { Case } from './case.ts';

export const flow: readonly Case[] = [
  {
    name: 'a workflow without steps completes with an empty output [E8]',
    definition: aWorkflow([]),
    expect: { status: 'COMPLETED', output: {} },
  },
  {
    name: 'steps that depend on one another run in order and pass values with their types [E2]',
    definition: aWorkflow(
      [
        says('first', { n: '${ input.n + 1 }' }),
        says('second', { n: '${ steps.first.output.n * 2 }', text: 'n=${ steps.first.output.n }' }, needs('first')),
      ],
      { output: '${ steps.second.output }' },
    ),
    input: { n: 20 },
    expect: { status: 'COMPLETED', output: { n: 42, text: 'n=21' }, steps: { first: 'SUCCESS', second: 'SUCCESS' } },
  },
  {
    name: 'without an output of its own a workflow gives those of the steps that nothing depends on [E2]',
    definition: aWorkflow([says('a', 1), says('b', 2, needs('a')), says('c', 3)]),
    expect: { status: 'COMPLETED', output: { b: 2, c: 3 } },
  },
  {
    name: 'independent calls are under way at the same time, and a join waits for all of them [E3 E29]',
    definition: aWorkflow([calls('a'), calls('b'), calls('c'), calls('end', needs('a', 'b', 'c'))]),
    world: { 'POST /a': [{ delayMs: 400 }], 'POST /b': [{ delayMs: 400 }], 'POST /c': [{ delayMs: 400 }] },
    expect: {
      status: 'COMPLETED',
      calls: ['POST /a', 'POST /b', 'POST /c', 'POST /end'],
      inAnyOrder: true,
      peak: 3,
      sameKey: false,
      atLeastMs: 400,
      atMostMs: 1_100,
    },
  },
  {
    name: 'the first success satisfies a join of any, and the step runs once [E3]',
    definition: aWorkflow([calls('slow'), calls('quick'), calls('last', { ...needs('slow', 'quick'), join: 'any' })]),
    world: { 'POST /slow': [{ delayMs: 500 }] },
    expect: {
      status: 'COMPLETED',
      calls: ['POST /slow', 'POST /quick', 'POST /last'],
      inAnyOrder: true,
      atLeastMs: 500,
    },
  },
  {
    name: 'a join of any that cancels the rest withdraws what has not ended [E3]',
    definition: aWorkflow([
      naps('nap', '1h'),
      says('lonely', 1, needs('nap')),
      says('quick', 1),
      says('last', 'done', { ...needs('lonely', 'quick'), join: 'any', cancel_remaining: true }),
    ]),
    expect: { status: 'COMPLETED', steps: { last: 'SUCCESS', lonely: 'SKIPPED', nap: 'SKIPPED' }, atMostMs: 3_000 },
  },
  {
    name: 'a join of a count runs when so many have succeeded [E3]',
    definition: aWorkflow([
      says('a', 1),
      says('b', 2),
      says('c', 3, { when: 'false' }),
      says('two', 'two', { ...needs('a', 'b', 'c'), join: { count: 2 } }),
      says('three', 'three', { ...needs('a', 'b', 'c'), join: { count: 3 } }),
    ]),
    expect: { status: 'COMPLETED', steps: { two: 'SUCCESS', three: 'SKIPPED' } },
  },
  {
    name: 'a step whose condition is false is SKIPPED, and so is the chain behind it; a merge runs all the same [E4]',
    definition: aWorkflow(
      [
        says('big', 'big', { when: 'input.total > 100' }),
        says('big-2', 'big-2', needs('big')),
        says('small', 'small', { when: '${ input.total <= 100 }' }),
        says('merge', 'merged', needs('big-2', 'small')),
      ],
      { output: '${ steps.merge.output }' },
    ),
    input: { total: 7 },
    expect: {
      status: 'COMPLETED',
      output: 'merged',
      steps: { big: 'SKIPPED', 'big-2': 'SKIPPED', small: 'SUCCESS', merge: 'SUCCESS' },
    },
  },
  {
    name: 'a switch runs the first case that holds and no other [E4 D9]',
    definition: aWorkflow(
      [
        {
          id: 'route',
          type: 'switch',
          config: {
            cases: [
              { when: 'input.n > 10', steps: [says('many', 'many')] },
              { when: 'input.n > 1', steps: [says('some', 'some')] },
              { when: 'true', steps: [says('any', 'any')] },
            ],
          },
        },
      ],
      { output: '${ steps.route.output }' },
    ),
    input: { n: 5 },
    expect: { status: 'COMPLETED', output: 'some', steps: { many: 'SKIPPED', some: 'SUCCESS', any: 'SKIPPED' } },
  },
  {
    name: 'a switch without a case that holds runs its default, and without a default gives null [E4 D9]',
    definition: aWorkflow([
      {
        id: 'with',
        type: 'switch',
        config: { cases: [{ when: 'false', steps: [says('no', 1)] }], default: { steps: [says('yes', 'default')] } },
      },
      { id: 'without', type: 'switch', config: { cases: [{ when: 'false', steps: [says('never', 1)] }] } },
    ]),
    expect: {
      status: 'COMPLETED',
      output: { with: 'default', without: null },
      steps: { no: 'SKIPPED', yes: 'SUCCESS', never: 'SKIPPED', without: 'SUCCESS' },
    },
  },
  {
    name: 'a switch in mode all runs every case that holds, and gives an object by number [E4]',
    definition: aWorkflow([
      {
        id: 'route',
        type: 'switch',
        config: {
          mode: 'all',
          cases: [
            { when: 'input.n > 1', steps: [says('one', 'one')] },
            { when: 'input.n > 10', steps: [says('ten', 'ten')] },
            { when: 'input.n > 2', steps: [says('two', 'two')] },
          ],
        },
      },
    ]),
    input: { n: 5 },
    expect: {
      status: 'COMPLETED',
      output: { route: { '0': 'one', '2': 'two' } },
      steps: { one: 'SUCCESS', ten: 'SKIPPED', two: 'SUCCESS' },
    },
  },
  {
    name: 'a step that fails inside a case fails the switch and names the innermost step [E4]',
    definition: aWorkflow([
      {
        id: 'route',
        type: 'switch',
        config: { cases: [{ when: 'true', steps: [calls('pay', once), says('never', 1, needs('pay'))] }] },
      },
      says('end', 1, needs('route')),
    ]),
    world: { 'POST /pay': [{ status: 402 }] },
    expect: {
      status: 'FAILED',
      error: { code: 'http_status', step: 'pay' },
      steps: { route: 'FAILED', pay: 'FAILED', never: 'SKIPPED', end: 'SKIPPED' },
    },
  },
  {
    name: 'a wait lets the time pass and never ends early [E18]',
    definition: aWorkflow([naps('nap', '300ms'), says('end', '${ steps.nap.output.waited_ms >= 300 }', needs('nap'))]),
    expect: { status: 'COMPLETED', output: { end: true }, atLeastMs: 300, atMostMs: 2_000 },
  },
  {
    name: 'a wait until a time that is over goes on at once [E18]',
    definition: aWorkflow([{ id: 'past', type: 'wait', config: { until: '2001-01-01T00:00:00Z' } }]),
    expect: { status: 'COMPLETED', steps: { past: 'SUCCESS' }, atMostMs: 1_500 },
  },
  {
    name: 'terminate ends at once with the output it names; what runs is withdrawn [E8]',
    definition: aWorkflow([
      naps('nap', '1h'),
      { id: 'stop', type: 'terminate', config: { status: 'COMPLETED', output: { early: '${ input.n }' } } },
    ]),
    input: { n: 1 },
    expect: { status: 'COMPLETED', output: { early: 1 }, steps: { nap: 'SKIPPED' }, atMostMs: 3_000 },
  },
  {
    name: 'terminate can fail or cancel the execution [E8]',
    definition: aWorkflow([
      { id: 'stop', type: 'terminate', config: { status: 'FAILED', error: { code: 'too_late', message: 'closed' } } },
    ]),
    expect: { status: 'FAILED', error: { code: 'too_late' } },
  },
  {
    name: 'terminate with CANCELLED ends CANCELLED [E8]',
    definition: aWorkflow([{ id: 'stop', type: 'terminate', config: { status: 'CANCELLED' } }]),
    expect: { status: 'CANCELLED' },
  },
  {
    name: 'an execution that lasts longer than its timeout fails',
    definition: aWorkflow([naps('nap', '1h')], { timeout: '300ms' }),
    expect: { status: 'FAILED', error: { code: 'execution_timeout' }, atLeastMs: 300, atMostMs: 3_000 },
  },
];
