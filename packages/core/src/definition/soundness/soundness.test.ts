import { describe, expect, it } from 'vitest';
import { testActions } from '../../../testing/definition/actions.ts';
import { expectRefusal, http, type Refusal, route, say, wf } from '../../../testing/definition/refusal.ts';
import type { Json, JsonObject } from '../../json.ts';
import { compile, compileStored } from '../compile.ts';
import { createIssues } from '../issues.ts';
import type { Plan } from '../plan.ts';
import { checkSoundness } from './soundness.ts';

const after = (...ids: string[]): JsonObject => ({ depends_on: ids });
const when = (condition: string): JsonObject => ({ when: condition });
const ends = (id: string, more: JsonObject = {}): JsonObject => ({
  id,
  type: 'terminate',
  config: { status: 'COMPLETED' },
  ...more,
});
const block = (id: string, steps: Json, more: JsonObject = {}): JsonObject => ({
  id,
  type: 'block',
  config: { steps },
  ...more,
});
const stop = (ids: Json, more: JsonObject = {}): JsonObject => ({
  id: 'stop',
  type: 'cancel',
  config: { steps: ids },
  ...more,
});
const one = when('input.x == 1');
const two = when('input.x == 2');

const refusals: readonly Refusal[] = [
  {
    why: 'a join of two that are never both chosen, with the way to each',
    document: wf([
      say('s', 1),
      say('a', 1, { ...after('s'), ...one }),
      say('b', 1, { ...after('s'), ...two }),
      say('join', 1, { ...after('a', 'b'), join: { count: 2 } }),
    ]),
    code: 'join_never_satisfied',
    pointer: '/steps/3/join/count',
    suggestion: '1',
    says: '`join` waits for 2 of `a`, `b`, but at most 1 of them can run, `a` only when `input.x == 1` and `b` only when `input.x == 2`: start → s → a → join; start → s → b → join',
  },
  {
    why: 'a join of what follows two exclusive choices',
    document: wf([
      say('a', 1, when('input.yes')),
      say('b', 1, when('!input.yes')),
      say('c', 1, after('a')),
      say('d', 1, after('b')),
      say('e', 1),
      say('join', 1, { ...after('c', 'd', 'e'), join: { count: 3 } }),
    ]),
    code: 'join_never_satisfied',
    pointer: '/steps/5/join/count',
    suggestion: '2',
    says: 'start → a → c → join',
  },
  {
    why: 'a step whose condition its dependency rules out',
    document: wf([say('a', 1, one), say('b', 1, { ...after('a'), ...two })]),
    code: 'step_never_runs',
    pointer: '/steps/1/when',
    says: '`b` can never run: it runs only when `input.x == 2`, but it is reached only when `input.x == 1`, by `a`: start → a → b',
  },
  {
    why: 'a condition that the block around rules out',
    document: wf([block('a', [say('b', 1, when('input.x != 1'))], one)]),
    code: 'step_never_runs',
    pointer: '/steps/0/config/steps/0/when',
    says: 'by `a`',
  },
  {
    why: 'a condition that a dependency of a dependency rules out, read of a step',
    document: wf([
      http('check'),
      say('a', 1, { ...after('check'), ...when('steps.check.output.ok') }),
      say('b', 1, after('a')),
      say('c', 1, { ...after('b'), ...when('!steps.check.output.ok') }),
    ]),
    code: 'step_never_runs',
    pointer: '/steps/3/when',
  },
  {
    why: 'a case after one with the same condition',
    document: wf([
      route([
        { ...one, steps: [] },
        { ...one, steps: [say('a', 1)] },
      ]),
    ]),
    code: 'step_never_runs',
    pointer: '/steps/0/config/cases/1/when',
    says: 'case 1',
  },
  {
    why: 'a case that the condition of its switch rules out',
    document: wf([route([{ ...one, steps: [say('a', 1)] }], two)]),
    code: 'step_never_runs',
    pointer: '/steps/0/config/cases/0/when',
  },
  {
    why: 'a step after a `terminate`, told once',
    document: wf([ends('stop'), say('a', 1, after('stop')), say('b', 1, after('a'))]),
    code: 'step_never_runs',
    pointer: '/steps/1/depends_on',
    says: 'start → stop → a',
  },
  {
    why: 'a step after a block that cannot end but by a `terminate` in it',
    document: wf([block('a', [http('x'), ends('y', after('x'))]), say('b', 1, after('a'))]),
    code: 'step_never_runs',
    pointer: '/steps/1/depends_on',
    says: 'by a `terminate` inside it',
  },
  {
    why: 'a step after a switch of which every case ends the execution',
    document: wf([
      {
        id: 'c',
        type: 'switch',
        config: { cases: [{ when: 'input.x', steps: [ends('y')] }], default: { steps: [ends('z')] } },
      },
      say('b', 1, after('c')),
    ]),
    code: 'step_never_runs',
    pointer: '/steps/1/depends_on',
  },
  {
    why: 'a step after the `cancel` that withdraws it',
    document: wf([stop(['b']), say('a', 1, after('stop')), say('b', 1, after('a'))]),
    code: 'step_never_runs',
    pointer: '/steps/2/depends_on',
    says: '`stop` always runs before it, and withdraws it: start → stop → a → b',
  },
];

const accepted: readonly (readonly [string, readonly Json[]])[] = [
  ['a join of all after an exclusive choice', [say('a', 1, one), say('b', 1, two), say('c', 1, after('a', 'b'))]],
  [
    'what a variable, the time or chance decides',
    [
      say('a', 1, when('vars.n == 1')),
      say('b', 1, { ...after('a'), ...when('vars.n == 2') }),
      say('c', 1, { ...after('b'), ...when('now() == timestamp("2030-01-01T00:00:00Z")') }),
      say('d', 1, { ...after('c'), ...when('now() != timestamp("2030-01-01T00:00:00Z")') }),
    ],
  ],
  [
    'a step whose handler may stand for it',
    [
      say('a', 1, { ...one, on_error: { steps: [] } }),
      say('b', 1, { ...two, on_error: { steps: [] } }),
      say('c', 1, { ...after('a', 'b'), join: { count: 2 } }),
    ],
  ],
  [
    'what a step that runs again decides',
    [
      http('s'),
      say('a', 1, { ...after('s'), ...when('steps.s.output.n == 1') }),
      say('b', 1, { ...after('s'), ...when('steps.s.output.n == 2') }),
      { id: 'g', type: 'goto', config: { step: 's' }, ...after('s'), when: 'input.again' },
      say('c', 1, { ...after('a', 'b'), join: { count: 2 } }),
    ],
  ],
  [
    'the items of loops inside one another, which share a name',
    [
      {
        id: 'f',
        type: 'for_each',
        config: {
          items: 'input.list',
          steps: [
            {
              id: 'g',
              type: 'for_each',
              when: 'item == 1',
              config: { items: 'input.list', steps: [say('a', 1, when('item == 2'))] },
            },
          ],
        },
      },
    ],
  ],
  ['a step after a `terminate` that may fail', [ends('t', { on_error: 'continue' }), say('a', 1, after('t'))]],
  ['a step after a block that may pass its `terminate`', [block('k', [ends('t', one)]), say('a', 1, after('k'))]],
  [
    'a step after a loop that may not begin',
    [{ id: 'l', type: 'loop', config: { while: 'input.x', steps: [ends('t')] } }, say('a', 1, after('l'))],
  ],
];

describe('saving refuses what can never run', () => {
  it.each(refusals)('$why [D6]', expectRefusal);

  it.each(accepted)('but takes %s', (_, steps) => {
    expect(compile(wf(steps, { variables: { n: 1 } }), testActions)).not.toHaveProperty('errors');
  });

  it('but takes what follows a `terminate` where the execution ends already', () => {
    const last = { on_failure: [ends('t'), say('a', 1, after('t'))] };
    expect(compile(wf([], last), testActions)).not.toHaveProperty('errors');
  });

  it('what was saved before goes on running', () => {
    const document = wf([ends('t'), say('a', 1, after('t'))]);
    expect(compile(document, testActions)).toHaveProperty('errors');
    expect(compileStored(document, testActions)).toHaveProperty('plan');
  });
});

describe('saving warns', () => {
  const warnings = (...steps: Json[]) => compile(wf(steps), testActions).warnings;
  const codes = (...steps: Json[]) => warnings(...steps).map(({ code, pointer }) => `${code} ${pointer}`);

  it('of what follows only steps that are switched off, once', () => {
    expect(codes(say('a', 1, when('false')), say('b', 1, after('a')), say('c', 1, after('b')))).toEqual([
      'step_never_runs /steps/0/when',
      'step_never_runs /steps/1/depends_on',
    ]);
    expect(codes(say('a', 1, when('false')), say('x', 1), say('b', 1, after('a', 'x')))).toHaveLength(1);
  });

  it('of a `default` that no value leads to', () => {
    const cases = [
      { when: 'input.x', steps: [] },
      { when: '!input.x', steps: [] },
    ];
    expect(codes({ id: 'c', type: 'switch', config: { cases, default: { steps: [say('a', 1)] } } })).toEqual([
      'step_never_runs /steps/0/config/default',
    ]);
  });

  it('of the output of a step that cannot have run where it is read', () => {
    const reader = say('c', { x: 'is ${ steps.a.output.n }' }, { ...after('a', 'b'), ...two });
    const [warning, ...more] = warnings(say('a', 1, one), say('b', 1, two), reader);
    expect(more).toEqual([]);
    expect(warning).toMatchObject({ code: 'output_always_null', pointer: '/steps/2/config/output/x' });
    expect(warning?.message).toContain('`steps.a.output` is always null here: `a` cannot have run');
    expect(
      codes(say('a', 1, when('false')), say('b', '${ steps.a.output }', { ...after('a', 'x') }), say('x', 1)),
    ).toEqual(['step_never_runs /steps/0/when', 'output_always_null /steps/1/config/output']);
  });

  it('of no output that is asked for first, or may be there', () => {
    const asked = say('c', '${ steps.a.?output.orValue(1) }', { ...after('a', 'b'), ...two });
    expect(codes(say('a', 1, one), say('b', 1, two), asked)).toEqual([]);
    const either = say('c', '${ steps.a.output }', after('a', 'b'));
    expect(codes(say('a', 1, one), say('b', 1, two), either)).toEqual([]);
  });
});

describe('the work of looking for what can never run', () => {
  /** Every step and every dependency that is looked at. */
  function spent(steps: readonly Json[]): number {
    const result = compileStored(wf(steps), testActions);
    if ('errors' in result) throw new Error(JSON.stringify(result.errors));
    let count = 0;
    const counting = <T extends object>(of: T): T =>
      new Proxy(of, {
        get(target, name, receiver) {
          count += 1;
          return Reflect.get(target, name, receiver);
        },
      });
    const plan: Plan = {
      ...result.plan,
      steps: counting(result.plan.steps.map((step) => ({ ...step, dependsOn: counting(step.dependsOn) }))),
    };
    checkSoundness(plan, [], createIssues());
    return count;
  }

  const chain = (length: number) =>
    Array.from({ length }, (_, at) =>
      say(`s${at}`, 1, { ...(at === 0 ? {} : after(`s${at - 1}`)), when: `input.x${at} == 1` }),
    );
  const layers = (length: number) =>
    Array.from({ length }, (_, at) => {
      const layer = Math.floor(at / 10) * 10;
      const before = layer === 0 ? {} : after(...Array.from({ length: 10 }, (__, each) => `s${layer - 10 + each}`));
      return say(`s${at}`, 1, {
        ...before,
        when: `input.x${at % 10} == ${layer}`,
        ...(layer > 0 ? { join: { count: 1 } } : {}),
      });
    });

  it.each([
    ['a chain of conditions', chain],
    ['layers in which each depends on all before', layers],
  ])('grows with the size of %s, up to 5,000 steps', (_, make) => {
    const [small, large] = [spent(make(500)), spent(make(5000))];
    expect(large / small).toBeLessThan(12);
    expect(large).toBeLessThan(5_000_000);
  });
});
