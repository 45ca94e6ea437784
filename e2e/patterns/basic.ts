/** Basic control flow: WCP-1 to WCP-5. */
import { aWorkflow, calls, needs, says } from '../definitions.ts';
import type { Pattern } from './pattern.ts';
import { chooses } from './words.ts';

export const basic: readonly Pattern[] = [
  {
    number: 1,
    name: 'Sequence',
    meaning: 'A step begins when the step before it has ended.',
    written: '`depends_on` names the step before.',
    shown: {
      definition: aWorkflow([calls('b', needs('a')), calls('a')]),
      expect: { status: 'COMPLETED', calls: ['POST /a', 'POST /b'] },
    },
  },
  {
    number: 2,
    name: 'Parallel Split',
    meaning: 'One branch becomes several that run at the same time.',
    written: 'Several steps depend on the same one.',
    shown: {
      definition: aWorkflow([says('a', 1), calls('b', needs('a')), calls('c', needs('a'))]),
      world: { 'POST /b': [{ delayMs: 300 }], 'POST /c': [{ delayMs: 300 }] },
      expect: { status: 'COMPLETED', calls: ['POST /b', 'POST /c'], inAnyOrder: true, peak: 2 },
    },
  },
  {
    number: 3,
    name: 'Synchronization',
    meaning: 'Several branches become one, which goes on when all of them have ended.',
    written: 'A step depends on the last step of each branch; the join `"all"` is the default.',
    shown: {
      definition: aWorkflow([calls('slow'), calls('quick'), calls('end', needs('slow', 'quick'))]),
      world: { 'POST /slow': [{ delayMs: 300 }] },
      expect: {
        status: 'COMPLETED',
        calls: ['POST /end', 'POST /quick', 'POST /slow'],
        inAnyOrder: true,
        atLeastMs: 300,
      },
    },
  },
  {
    number: 4,
    name: 'Exclusive Choice',
    meaning: 'Exactly one of several branches is taken, by the data.',
    written: '`switch`: the first case whose `when` is true, else `default`.',
    shown: {
      definition: aWorkflow([
        chooses('route', {
          cases: [
            { when: 'input.total > 100', steps: [says('large', 'large')] },
            { when: 'input.total > 10', steps: [says('middle', 'middle')] },
          ],
          default: { steps: [says('small', 'small')] },
        }),
      ]),
      input: { total: 500 },
      expect: {
        status: 'COMPLETED',
        output: { route: 'large' },
        steps: { large: 'SUCCESS', middle: 'SKIPPED', small: 'SKIPPED' },
      },
    },
  },
  {
    number: 5,
    name: 'Simple Merge',
    meaning: 'Branches of which only one runs become one again, without waiting for the others.',
    written: 'A step depends on all of them: what was SKIPPED is not waited for.',
    shown: {
      definition: aWorkflow(
        [
          says('card', 'card', { when: "input.by == 'card'" }),
          says('bank', 'bank', { when: "input.by == 'bank'" }),
          says('paid', '${ steps.card.output }', needs('card', 'bank')),
        ],
        { output: '${ steps.paid.output }' },
      ),
      input: { by: 'card' },
      expect: { status: 'COMPLETED', output: 'card', steps: { card: 'SUCCESS', bank: 'SKIPPED', paid: 'SUCCESS' } },
    },
  },
];
