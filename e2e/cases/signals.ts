/** Waiting for signals, and for the first of several things. */
import { aWorkflow, naps, needs, says } from '../definitions.ts';
import type { Case } from './case.ts';

const waits = (id: string, config: object, more: object = {}) => ({ id, type: 'wait', config, ...more });
const race = (options: object, more: object = {}) => ({ id: 'race', type: 'wait_any', config: { options }, ...more });

export const signals: readonly Case[] = [
  {
    name: 'a wait for a signal gives its payload [WCP24]',
    definition: aWorkflow(
      [waits('ask', { signal: 'answer', timeout: '20s' }), says('end', '${ steps.ask.output.value }', needs('ask'))],
      { output: '${ steps.end.output }' },
    ),
    signals: [{ when: 'signal', name: 'answer', payload: { value: 7 } }],
    expect: { status: 'COMPLETED', output: 7, steps: { ask: 'SUCCESS', end: 'SUCCESS' } },
  },
  {
    name: 'signals that come before their steps wait are kept, in order [F77 WCP24]',
    definition: aWorkflow(
      [
        naps('nap', '2s'),
        waits('one', { signal: 'go' }, needs('nap')),
        waits('two', { signal: 'go', match: 'signal.payload > 1' }, needs('one')),
      ],
      { output: ['${ steps.one.output }', '${ steps.two.output }'] },
    ),
    signals: [
      { when: 'delay', name: 'go', payload: 1 },
      { when: 'delay', name: 'go', payload: 0 },
      { when: 'delay', name: 'go', payload: 2 },
    ],
    expect: { status: 'COMPLETED', output: [1, 2] },
  },
  {
    name: 'a for_each takes items by signals until it is closed [WCP15]',
    definition: aWorkflow([
      {
        id: 'all',
        type: 'for_each',
        config: { items: '[1]', add_signal: 'more', close_signal: 'enough', steps: [says('twice', '${ item * 2 }')] },
        timeout: '20s',
      },
    ]),
    signals: [
      { when: 'signal', name: 'more', payload: { items: [2, 3] } },
      { when: 'signal', name: 'more', payload: { items: [4] } },
      { when: 'signal', name: 'enough', payload: null },
    ],
    expect: { status: 'COMPLETED', output: { all: [2, 4, 6, 8] } },
  },
  {
    name: 'a step waits, QUEUED, at its milestone until what others write lets it hold [WCP18]',
    definition: aWorkflow(
      [
        waits('ask', { signal: 'open', timeout: '20s' }),
        { id: 'unlock', type: 'set_variables', config: { open: true }, ...needs('ask') },
        { ...says('enter', 'in'), milestone: { when: 'vars.open', else: 'wait' } },
        { ...says('knock', 'out'), milestone: { when: 'vars.open', else: 'skip' } },
      ],
      { variables: { open: false } },
    ),
    signals: [{ when: 'signal', name: 'open', payload: null }],
    expect: { status: 'COMPLETED', steps: { enter: 'SUCCESS', knock: 'SKIPPED' } },
  },
  {
    name: 'a wait that is transient takes no signal from before [WCP23]',
    definition: aWorkflow([
      naps('nap', '2s'),
      waits('ask', { signal: 'go', transient: true, timeout: '100ms', on_timeout: 'continue' }, needs('nap')),
    ]),
    signals: [{ when: 'delay', name: 'go', payload: 1 }],
    expect: { status: 'COMPLETED', output: { ask: null } },
  },
  {
    name: 'a signal that does not come in time fails the wait [WCP24]',
    definition: aWorkflow([waits('ask', { signal: 'answer', timeout: '100ms' })]),
    expect: { status: 'FAILED', error: { code: 'timeout', step: 'ask' }, atLeastMs: 100, atMostMs: 3_000 },
  },
  {
    name: 'of a time and a signal the time wins when it is first, and the rest is withdrawn [WCP16]',
    definition: aWorkflow([
      race({
        late: { for: '300ms', steps: [says('timed-out', 'timer')] },
        answered: { signal: 'answer', steps: [says('got', 'signal')] },
      }),
    ]),
    expect: {
      status: 'COMPLETED',
      output: { race: { chosen: 'late', payload: null, output: 'timer' } },
      steps: { 'timed-out': 'SUCCESS', got: 'SKIPPED' },
      atLeastMs: 300,
      atMostMs: 3_000,
    },
  },
  {
    name: 'of a time and a signal the signal wins when it is first [WCP16]',
    definition: aWorkflow([
      race({ late: { for: '1h' }, answered: { signal: 'answer', steps: [says('got', 'signal')] } }),
    ]),
    signals: [{ when: 'signal', name: 'answer', payload: 'hello' }],
    expect: {
      status: 'COMPLETED',
      output: { race: { chosen: 'answered', payload: 'hello', output: 'signal' } },
      atMostMs: 5_000,
    },
  },
];
