/** How work ends, of itself or by force: WCP-11, 19, 20, 25 to 27, 43. */
import { aWorkflow, calls, naps, needs, says } from '../definitions.ts';
import type { Pattern } from './pattern.ts';
import { block, cancels, each } from './words.ts';

export const ending: readonly Pattern[] = [
  {
    number: 11,
    name: 'Implicit Termination',
    meaning: 'The case ends when nothing is left to do.',
    written: 'An execution is COMPLETED when all of its steps have ended; no end step is needed.',
    shown: {
      definition: aWorkflow([says('a', 1), naps('b', '100ms')]),
      expect: { status: 'COMPLETED', steps: { a: 'SUCCESS', b: 'SUCCESS' }, atLeastMs: 100 },
    },
  },
  {
    number: 19,
    name: 'Cancel Task',
    meaning: 'One step is withdrawn before or while it runs; the rest goes on.',
    written: '`cancel` names the step.',
    shown: {
      definition: aWorkflow([
        naps('nap', '1h'),
        calls('never', needs('nap')),
        calls('found'),
        cancels('enough', ['nap'], {}, needs('found')),
      ]),
      expect: {
        status: 'COMPLETED',
        calls: ['POST /found'],
        steps: { nap: 'SKIPPED', never: 'SKIPPED', enough: 'SUCCESS' },
        atMostMs: 5_000,
      },
    },
  },
  {
    number: 20,
    name: 'Cancel Case',
    meaning: 'The whole case is withdrawn.',
    written: '`POST /executions/{id}/cancel`: what succeeded is compensated, then `on_cancel` runs.',
    shown: {
      definition: aWorkflow(
        [
          calls('book', { compensate: { type: 'http_request', config: { url: 'STUB/unbook', method: 'POST' } } }),
          naps('nap', '1h', needs('book')),
        ],
        {
          on_cancel: [calls('tell')],
        },
      ),
      cancelWhen: 'delay',
      expect: { status: 'CANCELLED', calls: ['POST /book', 'POST /unbook', 'POST /tell'], steps: { nap: 'SKIPPED' } },
    },
  },
  {
    number: 25,
    name: 'Cancel Region',
    meaning: 'A set of steps is withdrawn together; the rest goes on.',
    written: '`cancel` names the steps, or the `block` that holds them.',
    shown: {
      definition: aWorkflow([
        block('region', [naps('one', '1h'), naps('two', '1h'), says('three', 1, needs('one', 'two'))]),
        says('other', 1),
        cancels('leave', ['region'], {}, needs('other')),
        says('end', 'done', needs('leave')),
      ]),
      expect: {
        status: 'COMPLETED',
        steps: { region: 'SKIPPED', one: 'SKIPPED', two: 'SKIPPED', three: 'SKIPPED', end: 'SUCCESS' },
        atMostMs: 5_000,
      },
    },
  },
  {
    number: 26,
    name: 'Cancel Multiple Instance Task',
    meaning: 'All instances of a step that have not ended are withdrawn.',
    written: '`cancel` names the `for_each`.',
    shown: {
      definition: aWorkflow([
        each('all', { items: [10, 3_600_000], steps: [naps('nap', '${ item }'), calls('work', needs('nap'))] }),
        naps('while', '500ms'),
        cancels('leave', ['all'], {}, needs('while')),
      ]),
      expect: {
        status: 'COMPLETED',
        calls: ['POST /work'],
        steps: { all: 'SKIPPED', leave: 'SUCCESS' },
        atMostMs: 5_000,
      },
    },
  },
  {
    number: 27,
    name: 'Complete Multiple Instance Task',
    meaning: 'Instances that have not ended are withdrawn, and the step succeeds with what there is.',
    written: '`cancel` with `"outcome": "complete"` names the `for_each`.',
    shown: {
      definition: aWorkflow(
        [
          each('all', {
            items: [10, 3_600_000],
            steps: [naps('nap', '${ item }'), says('work', '${ index }', needs('nap'))],
          }),
          naps('while', '500ms'),
          cancels('enough', ['all'], { outcome: 'complete' }, needs('while')),
          says('end', '${ steps.all.output }', needs('all')),
        ],
        { output: '${ steps.end.output }' },
      ),
      expect: { status: 'COMPLETED', output: [0, null], steps: { all: 'SUCCESS', end: 'SUCCESS' }, atMostMs: 5_000 },
    },
  },
  {
    number: 43,
    name: 'Explicit Termination',
    meaning: 'A step ends the case at once, and withdraws whatever still runs.',
    written: '`terminate`, with the status and the output of the execution.',
    shown: {
      definition: aWorkflow([
        naps('nap', '1h'),
        says('found', 42),
        {
          id: 'stop',
          type: 'terminate',
          config: { status: 'COMPLETED', output: '${ steps.found.output }' },
          ...needs('found'),
        },
      ]),
      expect: { status: 'COMPLETED', output: 42, steps: { nap: 'SKIPPED' }, atMostMs: 5_000 },
    },
  },
];
