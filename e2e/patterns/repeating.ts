/** Cycles, recursion, and several instances of one step: WCP-10, 12 to 15, 21, 22, 34 to 36. */
import { aWorkflow, calls, naps, needs, says } from '../definitions.ts';
import type { Pattern } from './pattern.ts';
import { chooses, each, sets } from './words.ts';

const factorial = aWorkflow([], {});

export const repeating: readonly Pattern[] = [
  {
    number: 10,
    name: 'Arbitrary Cycles',
    meaning: 'Cycles with more than one way in or out, which no structured loop can say.',
    written: '`goto` back to an earlier step of the same block, from as many places as needed.',
    shown: {
      definition: aWorkflow(
        [
          sets('draft', { drafts: '${ vars.drafts + 1 }' }),
          sets('review', { reviews: '${ vars.reviews + 1 }' }, needs('draft')),
          { id: 'small', type: 'goto', config: { step: 'review' }, ...needs('review'), when: 'vars.reviews < 2' },
          { id: 'large', type: 'goto', config: { step: 'draft' }, ...needs('small'), when: 'vars.drafts < 3' },
          says('end', '${ [vars.drafts, vars.reviews] }', needs('large')),
        ],
        { variables: { drafts: 0, reviews: 0 }, output: '${ steps.end.output }' },
      ),
      expect: { status: 'COMPLETED', output: [3, 4] },
    },
  },
  {
    number: 12,
    name: 'Multiple Instances without Synchronization',
    meaning: 'Several instances of a step are started, and nobody waits for them.',
    written: '`for_each` with `"wait": false`: each item is an execution of its own.',
    shown: {
      definition: aWorkflow(
        [
          each('all', {
            items: '${ input.list }',
            wait: false,
            steps: [naps('nap', '300ms'), calls('work', needs('nap'))],
          }),
        ],
        { output: '${ size(steps.all.output) }' },
      ),
      input: { list: [1, 2, 3] },
      expect: { status: 'COMPLETED', output: 3, calls: ['POST /work', 'POST /work', 'POST /work'], sameKey: false },
    },
  },
  {
    number: 13,
    name: 'Multiple Instances with a Priori Design-Time Knowledge',
    meaning: 'A fixed number of instances run, and the process waits for all.',
    written: '`for_each` over a constant list.',
    shown: {
      definition: aWorkflow([each('all', { items: [1, 2, 3], steps: [says('twice', '${ item * 2 }')] })]),
      expect: { status: 'COMPLETED', output: { all: [2, 4, 6] } },
    },
  },
  {
    number: 14,
    name: 'Multiple Instances with a Priori Run-Time Knowledge',
    meaning: 'How many instances run is known when the step begins.',
    written: '`for_each` over an expression, evaluated once.',
    shown: {
      definition: aWorkflow([each('all', { items: '${ input.list }', steps: [says('twice', '${ item * 2 }')] })]),
      input: { list: [5, 7] },
      expect: { status: 'COMPLETED', output: { all: [10, 14] } },
    },
  },
  {
    number: 15,
    name: 'Multiple Instances without a Priori Run-Time Knowledge',
    meaning: 'Instances are added while others run; the process goes on when no more can come and all have ended.',
    written: '`for_each` with `add_signal` and `close_signal`.',
    shown: {
      definition: aWorkflow([
        each(
          'all',
          { items: '${ [1] }', add_signal: 'more', close_signal: 'enough', steps: [says('twice', '${ item * 2 }')] },
          { timeout: '20s' },
        ),
      ]),
      signals: [
        { when: 'signal', name: 'more', payload: { items: [2, 3] } },
        { when: 'signal', name: 'enough', payload: null },
      ],
      expect: { status: 'COMPLETED', output: { all: [2, 4, 6] } },
    },
  },
  {
    number: 21,
    name: 'Structured Loop',
    meaning: 'Steps run again while, or until, a condition holds.',
    written: '`loop` with `while` (asked before a round), `until` (after it) or `times`.',
    shown: {
      definition: aWorkflow(
        [
          { id: 'count', type: 'loop', config: { while: 'vars.n < 5', steps: [sets('up', { n: '${ vars.n + 1 }' })] } },
          says('end', '${ vars.n }', needs('count')),
        ],
        { variables: { n: 0 } },
      ),
      expect: { status: 'COMPLETED', output: { end: 5 } },
    },
  },
  {
    number: 22,
    name: 'Recursion',
    meaning: 'A step invokes the process that it stands in.',
    written: '`sub_workflow` that names its own workflow; at most 32 deep.',
    shown: {
      definition: {
        ...factorial,
        steps: [
          chooses('end', {
            cases: [{ when: 'input.n <= 1', steps: [says('one', 1)] }],
            default: {
              steps: [
                {
                  id: 'smaller',
                  type: 'sub_workflow',
                  config: { workflow_id: factorial.workflow_id, input: { n: '${ input.n - 1 }' } },
                },
                says('product', '${ input.n * steps.smaller.output }', needs('smaller')),
              ],
            },
          }),
        ],
        output: '${ steps.end.output }',
      },
      input: { n: 5 },
      expect: { status: 'COMPLETED', output: 120 },
    },
  },
  {
    number: 34,
    name: 'Static Partial Join for Multiple Instances',
    meaning: 'When n of the instances have ended the process goes on; the others end unheeded.',
    written: '`for_each` with `complete_when` and `"remaining": "ignore"`.',
    shown: {
      definition: aWorkflow([
        each('all', {
          items: [20, 40, 400],
          complete_when: 'done >= 2',
          remaining: 'ignore',
          steps: [naps('nap', '${ item }'), calls('work', needs('nap'))],
        }),
      ]),
      expect: { status: 'COMPLETED', calls: ['POST /work', 'POST /work', 'POST /work'], atLeastMs: 400 },
    },
  },
  {
    number: 35,
    name: 'Cancelling Partial Join for Multiple Instances',
    meaning: 'When n of the instances have ended the process goes on, and the others are withdrawn.',
    written: '`for_each` with `complete_when`; `"remaining": "cancel"` is the default.',
    shown: {
      definition: aWorkflow([
        each('all', {
          items: [20, 40, 3_600_000],
          complete_when: 'done >= 2',
          steps: [naps('nap', '${ item }'), calls('work', needs('nap'))],
        }),
      ]),
      expect: { status: 'COMPLETED', calls: ['POST /work', 'POST /work'], atMostMs: 5_000 },
    },
  },
  {
    number: 36,
    name: 'Dynamic Partial Join for Multiple Instances',
    meaning: 'Instances are added while others run, and a condition over the results says when it is enough.',
    written:
      '`for_each` with `add_signal` and `complete_when`, which sees `done`, `succeeded`, `failed`, `total` and `results`.',
    shown: {
      definition: aWorkflow([
        each(
          'offers',
          {
            items: '${ input.offers }',
            add_signal: 'offer',
            close_signal: 'closed',
            complete_when: 'results.exists(r, r != null && r < 50)',
            steps: [says('price', '${ item }')],
          },
          { timeout: '20s' },
        ),
      ]),
      input: { offers: [90, 70] },
      signals: [
        { when: 'signal', name: 'offer', payload: { items: [60] } },
        { when: 'signal', name: 'offer', payload: { items: [45] } },
      ],
      expect: { status: 'COMPLETED', output: { offers: [90, 70, 60, 45] } },
    },
  },
];
