/** Choosing several branches, and the joins that follow: WCP-6 to 9, 28 to 33, 37, 38, 41, 42. */
import { aWorkflow, calls, naps, needs, says } from '../definitions.ts';
import type { Pattern } from './pattern.ts';
import { alone, block, chooses, each, sets } from './words.ts';

/** Three branches, of which one is quick, one slow, and one very slow. */
const threeBranches = [naps('quick', '50ms'), naps('slow', '300ms'), naps('slower', '600ms')];
const ofThree = needs('quick', 'slow', 'slower');

/** An activation: branches that race, and what runs at the end of the first of them. */
const activation = (join: unknown) => [
  calls('one'),
  calls('two'),
  calls('three'),
  calls('first', { ...needs('one', 'two', 'three'), join }),
];
const slowOnes = { 'POST /one': [{ delayMs: 20 }], 'POST /two': [{ delayMs: 120 }], 'POST /three': [{ delayMs: 240 }] };

export const merging: readonly Pattern[] = [
  {
    number: 6,
    name: 'Multi-Choice',
    meaning: 'Of several branches, those are taken whose condition holds: none, some or all.',
    written: '`switch` with `"mode": "all"`, or `when` on each step.',
    shown: {
      definition: aWorkflow([
        chooses('notify', {
          mode: 'all',
          cases: [
            { when: 'input.urgent', steps: [says('phone', 'phone')] },
            { when: 'input.mail', steps: [says('mail', 'mail')] },
            { when: 'true', steps: [says('log', 'log')] },
          ],
        }),
      ]),
      input: { urgent: true, mail: false },
      expect: {
        status: 'COMPLETED',
        output: { notify: { '0': 'phone', '2': 'log' } },
        steps: { phone: 'SUCCESS', mail: 'SKIPPED', log: 'SUCCESS' },
      },
    },
  },
  {
    number: 7,
    name: 'Structured Synchronizing Merge',
    meaning: 'The branches that a multi-choice has taken become one, which waits for exactly those.',
    written: 'A step depends on all of them: dead paths are SKIPPED to their end, and are not waited for.',
    shown: {
      definition: aWorkflow([
        naps('a', '200ms', { when: 'input.a' }),
        naps('b', '1h', { when: 'input.b' }),
        says('after-b', 1, needs('b')),
        naps('c', '50ms', { when: 'input.c' }),
        says('end', 'done', needs('a', 'after-b', 'c')),
      ]),
      input: { a: true, b: false, c: true },
      expect: {
        status: 'COMPLETED',
        output: { end: 'done' },
        steps: { a: 'SUCCESS', 'after-b': 'SKIPPED', c: 'SUCCESS', end: 'SUCCESS' },
        atLeastMs: 200,
        atMostMs: 5_000,
      },
    },
  },
  {
    number: 8,
    name: 'Multi-Merge',
    meaning: 'Branches become one without waiting: what follows runs once for each that arrives.',
    written: 'A `block` with `"join": "each"`.',
    shown: {
      definition: aWorkflow([
        calls('a'),
        calls('b'),
        block('after', [calls('audit')], { ...needs('a', 'b'), join: 'each' }),
      ]),
      expect: {
        status: 'COMPLETED',
        calls: ['POST /a', 'POST /b', 'POST /audit', 'POST /audit'],
        inAnyOrder: true,
        sameKey: false,
      },
    },
  },
  {
    number: 9,
    name: 'Structured Discriminator',
    meaning:
      'The first of several branches to end lets the process go on; the others end unheeded, and then it can begin anew.',
    written: '`"join": "any"`; in a loop each round has a join of its own.',
    shown: {
      definition: aWorkflow([{ id: 'rounds', type: 'loop', config: { times: 2, steps: activation('any') } }]),
      world: slowOnes,
      expect: {
        status: 'COMPLETED',
        calls: ['one', 'two', 'three', 'first', 'one', 'two', 'three', 'first'].map((name) => `POST /${name}`),
        inAnyOrder: true,
      },
    },
  },
  {
    number: 28,
    name: 'Blocking Discriminator',
    meaning: 'As a discriminator, but a new activation waits until all branches of the one before have arrived.',
    written:
      'The branches and their join stand in a `block` with `"join": "each"` and a `lock`: one activation at a time.',
    shown: {
      definition: aWorkflow([
        says('a', 1),
        says('b', 2),
        block('activations', [block('activation', activation('any'), alone)], { ...needs('a', 'b'), join: 'each' }),
      ]),
      world: slowOnes,
      expect: {
        status: 'COMPLETED',
        calls: ['one', 'two', 'three', 'first', 'one', 'two', 'three', 'first'].map((name) => `POST /${name}`),
        inAnyOrder: true,
        peak: 3,
        atLeastMs: 480,
      },
    },
  },
  {
    number: 29,
    name: 'Cancelling Discriminator',
    meaning: 'The first of several branches to end lets the process go on, and the others are withdrawn.',
    written: '`"join": "any"` with `"cancel_remaining": true`.',
    shown: {
      definition: aWorkflow([
        naps('quick', '50ms'),
        naps('never', '1h'),
        says('end', 'done', { ...needs('quick', 'never'), join: 'any', cancel_remaining: true }),
      ]),
      expect: {
        status: 'COMPLETED',
        steps: { quick: 'SUCCESS', never: 'SKIPPED', end: 'SUCCESS' },
        atMostMs: 5_000,
      },
    },
  },
  {
    number: 30,
    name: 'Structured Partial Join',
    meaning: 'When n of m branches have ended the process goes on; the others end unheeded.',
    written: '`"join": { "count": n }`.',
    shown: {
      definition: aWorkflow([...threeBranches, says('end', 'two are enough', { ...ofThree, join: { count: 2 } })]),
      expect: {
        status: 'COMPLETED',
        output: { end: 'two are enough' },
        steps: { quick: 'SUCCESS', slow: 'SUCCESS', slower: 'SUCCESS', end: 'SUCCESS' },
        atLeastMs: 600,
      },
    },
  },
  {
    number: 31,
    name: 'Blocking Partial Join',
    meaning: 'As a partial join, but a new activation waits until all branches of the one before have arrived.',
    written: 'As the blocking discriminator, with `"join": { "count": n }` inside.',
    shown: {
      definition: aWorkflow([
        says('a', 1),
        says('b', 2),
        block('activations', [block('activation', activation({ count: 2 }), alone)], {
          ...needs('a', 'b'),
          join: 'each',
        }),
      ]),
      world: slowOnes,
      expect: {
        status: 'COMPLETED',
        calls: ['one', 'two', 'three', 'first', 'one', 'two', 'three', 'first'].map((name) => `POST /${name}`),
        inAnyOrder: true,
        peak: 3,
        atLeastMs: 480,
      },
    },
  },
  {
    number: 32,
    name: 'Cancelling Partial Join',
    meaning: 'When n of m branches have ended the process goes on, and the others are withdrawn.',
    written: '`"join": { "count": n }` with `"cancel_remaining": true`.',
    shown: {
      definition: aWorkflow([
        naps('a', '20ms'),
        naps('b', '40ms'),
        naps('c', '1h'),
        says('end', 'done', { ...needs('a', 'b', 'c'), join: { count: 2 }, cancel_remaining: true }),
      ]),
      expect: {
        status: 'COMPLETED',
        steps: { a: 'SUCCESS', b: 'SUCCESS', c: 'SKIPPED', end: 'SUCCESS' },
        atMostMs: 5_000,
      },
    },
  },
  {
    number: 33,
    name: 'Generalized AND-Join',
    meaning:
      'Branches that may each arrive several times become one for every complete set of arrivals; what is over waits.',
    written: 'A `block` with `"join": "sets"`: arrivals queue for each dependency.',
    shown: {
      definition: aWorkflow([
        says('a', 1),
        says('b', 2),
        block('parts', [calls('part')], { ...needs('a', 'b'), join: 'each' }),
        block('labels', [calls('label')], { ...needs('a', 'b'), join: 'each' }),
        block('box', [calls('pack')], { ...needs('parts', 'labels'), join: 'sets' }),
      ]),
      expect: {
        status: 'COMPLETED',
        calls: ['part', 'part', 'label', 'label', 'pack', 'pack'].map((name) => `POST /${name}`),
        inAnyOrder: true,
      },
    },
  },
  {
    number: 37,
    name: 'Local Synchronizing Merge',
    meaning: 'A join that waits for the branches that were taken, decided from what has happened around it alone.',
    written: 'As WCP-7, also outside of structure: every step tells its dependents when it is SKIPPED.',
    shown: {
      definition: aWorkflow([
        says('a', 1),
        says('b', 2, { ...needs('a'), when: 'input.b' }),
        says('c', 3, needs('a')),
        says('d', 4, { ...needs('b', 'c'), when: 'input.d' }),
        naps('e', '100ms', needs('b')),
        says('end', 'done', needs('c', 'd', 'e')),
      ]),
      input: { b: false, d: true },
      expect: {
        status: 'COMPLETED',
        output: { end: 'done' },
        steps: { a: 'SUCCESS', b: 'SKIPPED', c: 'SUCCESS', d: 'SUCCESS', e: 'SKIPPED', end: 'SUCCESS' },
      },
    },
  },
  {
    number: 38,
    name: 'General Synchronizing Merge',
    meaning: 'A join that goes on when no branch can arrive any more, also where branches run in cycles.',
    written: 'A join of all beside a `goto`: a branch that may go round again has not ended.',
    shown: {
      definition: aWorkflow(
        [
          sets('count', { n: '${ vars.n + 1 }' }),
          { id: 'again', type: 'goto', config: { step: 'count' }, ...needs('count'), when: 'vars.n < 3' },
          says('unchosen', 1, { when: 'input.chosen' }),
          says('end', '${ vars.n }', needs('again', 'count', 'unchosen')),
        ],
        { variables: { n: 0 }, output: '${ steps.end.output }' },
      ),
      input: { chosen: false },
      expect: { status: 'COMPLETED', output: 3 },
    },
  },
  {
    number: 41,
    name: 'Thread Merge',
    meaning: 'A number of threads of one branch become one.',
    written:
      'A `block` with `"join": { "each": k }`: it runs once for k arrivals, and each item of a `for_each` arrives.',
    shown: {
      definition: aWorkflow(
        [
          each('threads', { items: '${ range(4) }', steps: [says('thread', '${ item }')] }),
          block('merged', [says('pair', '${ size(arrival.outputs) }')], { ...needs('threads'), join: { each: 2 } }),
        ],
        { output: '${ steps.merged.output }' },
      ),
      expect: { status: 'COMPLETED', output: [2, 2] },
    },
  },
  {
    number: 42,
    name: 'Thread Split',
    meaning: 'A branch becomes a number of threads that each run what follows.',
    written: '`for_each` over `range(k)`, and what follows in a `block` with `"join": "each"`.',
    shown: {
      definition: aWorkflow([
        each('threads', { items: '${ range(input.k) }', steps: [says('thread', '${ item }')] }),
        block('follows', [calls('work')], { ...needs('threads'), join: 'each' }),
      ]),
      input: { k: 3 },
      world: { 'POST /work': [{ delayMs: 300 }] },
      expect: {
        status: 'COMPLETED',
        calls: ['POST /work', 'POST /work', 'POST /work'],
        peak: 3,
        sameKey: false,
      },
    },
  },
];
