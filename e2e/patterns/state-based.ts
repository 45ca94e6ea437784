/** What depends on the state of the case, on triggers, and on exclusion: WCP-16 to 18, 23, 24, 39, 40. */
import { aWorkflow, calls, naps, needs, says } from '../definitions.ts';
import type { Pattern } from './pattern.ts';
import { alone, sets, waits } from './words.ts';

export const stateBased: readonly Pattern[] = [
  {
    number: 16,
    name: 'Deferred Choice',
    meaning: 'Which branch is taken is decided by what happens first outside; the others are withdrawn.',
    written: '`wait_any`: each option waits for a time or a signal.',
    shown: {
      definition: aWorkflow([
        {
          id: 'race',
          type: 'wait_any',
          config: {
            options: {
              paid: { signal: 'paid', steps: [says('ship', 'shipped')] },
              late: { for: '1h', steps: [says('remind', 'reminded')] },
            },
          },
        },
      ]),
      signals: [{ when: 'signal', name: 'paid', payload: { by: 'card' } }],
      expect: {
        status: 'COMPLETED',
        output: { race: { chosen: 'paid', payload: { by: 'card' }, output: 'shipped' } },
        steps: { ship: 'SUCCESS', remind: 'SKIPPED' },
      },
    },
  },
  {
    number: 17,
    name: 'Interleaved Parallel Routing',
    meaning: 'Steps with a partial order among them, of which no two run at the same time.',
    written: '`depends_on` for the order, and one `lock` on all of them.',
    shown: {
      definition: aWorkflow([
        calls('a', alone),
        calls('b', { ...needs('a'), ...alone }),
        calls('c', alone),
        calls('d', { ...needs('c'), ...alone }),
      ]),
      world: Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`POST /${name}`, [{ delayMs: 60 }]])),
      expect: {
        status: 'COMPLETED',
        calls: ['POST /a', 'POST /b', 'POST /c', 'POST /d'],
        inAnyOrder: true,
        peak: 1,
        atLeastMs: 240,
      },
    },
  },
  {
    number: 18,
    name: 'Milestone',
    meaning: 'A step may run only while the case is in a given state.',
    written: '`milestone`, asked just before the step starts: outside of the state it is passed over, or waits.',
    shown: {
      definition: aWorkflow(
        [
          naps('open', '400ms'),
          sets('close', { open: false }, needs('open')),
          naps('early', '20ms'),
          says('bid', 1, { ...needs('early'), milestone: { when: 'vars.open', else: 'skip' } }),
          naps('late', '900ms'),
          says('late-bid', 2, { ...needs('late'), milestone: { when: 'vars.open', else: 'skip' } }),
        ],
        { variables: { open: true } },
      ),
      expect: { status: 'COMPLETED', steps: { bid: 'SUCCESS', 'late-bid': 'SKIPPED' } },
    },
  },
  {
    number: 23,
    name: 'Transient Trigger',
    meaning: 'A signal that nobody waits for at that moment is lost.',
    written: '`wait` with `"transient": true`.',
    shown: {
      definition: aWorkflow([
        naps('nap', '2s'),
        waits('ask', { signal: 'go', transient: true, timeout: '100ms', on_timeout: 'continue' }, needs('nap')),
      ]),
      signals: [{ when: 'delay', name: 'go', payload: 1 }],
      expect: { status: 'COMPLETED', output: { ask: null } },
    },
  },
  {
    number: 24,
    name: 'Persistent Trigger',
    meaning: 'A signal is kept until a step takes it.',
    written: '`wait` for a signal: those from before count, in order.',
    shown: {
      definition: aWorkflow([naps('nap', '2s'), waits('ask', { signal: 'go', timeout: '20s' }, needs('nap'))]),
      signals: [{ when: 'delay', name: 'go', payload: 1 }],
      expect: { status: 'COMPLETED', output: { ask: 1 } },
    },
  },
  {
    number: 39,
    name: 'Critical Section',
    meaning: 'Parts of a process exclude one another.',
    written: '`lock` on the blocks: within the execution, the workflow, or the tenant.',
    shown: {
      definition: aWorkflow(
        ['left', 'right'].map((id) => ({
          id,
          type: 'block',
          config: { steps: [calls(`${id}-in`), calls(`${id}-out`, needs(`${id}-in`))] },
          lock: { key: 'execution.id', scope: 'tenant' },
        })),
      ),
      world: Object.fromEntries(
        ['left-in', 'left-out', 'right-in', 'right-out'].map((name) => [`POST /${name}`, [{ delayMs: 60 }]]),
      ),
      expect: {
        status: 'COMPLETED',
        calls: ['POST /left-in', 'POST /left-out', 'POST /right-in', 'POST /right-out'],
        inAnyOrder: true,
        peak: 1,
      },
    },
  },
  {
    number: 40,
    name: 'Interleaved Routing',
    meaning: 'Each of several steps runs once, in any order, never two at the same time.',
    written: 'One `lock` on all of them, and no `depends_on`.',
    shown: {
      definition: aWorkflow([calls('a', alone), calls('b', alone), calls('c', alone)]),
      world: Object.fromEntries(['a', 'b', 'c'].map((name) => [`POST /${name}`, [{ delayMs: 60 }]])),
      expect: { status: 'COMPLETED', calls: ['POST /a', 'POST /b', 'POST /c'], inAnyOrder: true, peak: 1 },
    },
  },
];
