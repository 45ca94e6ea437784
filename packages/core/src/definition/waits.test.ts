import { describe, expect, it } from 'vitest';
import { testActions } from '../../testing/definition/actions.ts';
import { expectRefusal, type Refusal, say, wf } from '../../testing/definition/refusal.ts';
import type { Json, JsonObject } from '../json.ts';
import { compile } from './compile.ts';
import type { Plan } from './plan.ts';

const wait = (config: JsonObject, more: JsonObject = {}): JsonObject => ({ id: 'w', type: 'wait', config, ...more });
const waitAny = (options: JsonObject, more: JsonObject = {}): JsonObject => ({
  id: 'w',
  type: 'wait_any',
  config: { options },
  ...more,
});

function planOf(step: Json): Plan {
  const result = compile(wf([step]), testActions);
  if ('errors' in result) throw new Error(JSON.stringify(result.errors));
  return result.plan;
}
const workOf = (step: Json) => planOf(step).steps[0]?.work;
const warningsOf = (step: Json) =>
  compile(wf([step]), testActions).warnings.map(({ code, pointer }) => `${code} ${pointer}`);

describe('the plan of a wait', () => {
  it('for a signal takes every signal of the name, kept ones included, and fails when none comes [WCP24]', () => {
    expect(workOf(wait({ signal: 'go', timeout: '1h' }))).toMatchObject({
      kind: 'wait',
      signal: 'go',
      match: null,
      transient: false,
      timeout: { constant: true },
      onTimeout: 'fail',
    });
  });

  it('for a signal has a match that sees it, with or without ${ }', () => {
    const config = { signal: 'go', transient: true, on_timeout: 'continue', timeout: '${ input.patience }' };
    for (const match of ['signal.payload.id == input.id', '${ signal.name + signal.received_at != "" }']) {
      expect(workOf(wait({ ...config, match }))).toMatchObject({
        match: { type: 'bool' },
        transient: true,
        timeout: { constant: false },
        onTimeout: 'continue',
      });
    }
  });

  it('of any has its options as listed, and a block for each that has steps [WCP16]', () => {
    const plan = planOf(
      waitAny({
        late: { for: '1h', steps: [say('a', 1)] },
        never: { until: '2030-01-31T09:00:00Z' },
        came: { signal: 'go', match: 'true', steps: [] },
      }),
    );
    expect(plan.blocks.map(({ name, kind, steps }) => [name, kind, steps])).toEqual([
      ['', 'top', [0]],
      ['late', 'case', [1]],
      ['came', 'case', []],
    ]);
    expect(plan.steps[0]?.work).toMatchObject({
      kind: 'wait_any',
      options: [
        { name: 'late', block: 1, for: { constant: true } },
        { name: 'never', block: null, until: { constant: true } },
        { name: 'came', block: 2, signal: 'go', match: { type: 'bool' }, transient: false },
      ],
    });
  });
});

describe('a wait that nothing ends', () => {
  it.each<[string, Json, readonly string[]]>([
    ['a wait for a signal alone', wait({ signal: 'go' }), ['wait_without_timeout /steps/0/config/timeout']],
    ['one with a timeout', wait({ signal: 'go', timeout: 5 }), []],
    ['one whose step has a timeout', wait({ signal: 'go' }, { timeout: 5 }), []],
    [
      'options that are all signals',
      waitAny({ a: { signal: 'go' } }),
      ['wait_without_timeout /steps/0/config/options'],
    ],
    ['options with a time among them', waitAny({ a: { signal: 'go' }, b: { for: 5 } }), []],
    ['options of a step with a timeout', waitAny({ a: { signal: 'go' } }, { timeout: 5 }), []],
  ])('is warned of: %s', (_, step, warnings) => {
    expect(warningsOf(step)).toEqual(warnings);
  });
});

const config = '/steps/0/config';
const refusals: readonly Refusal[] = [
  {
    why: 'a time and a signal',
    document: wf([wait({ for: 1, signal: 'go' })]),
    code: 'several_alternatives_fit',
    pointer: config,
    says: '`for`, `until` or `signal`',
  },
  ...(['match', 'transient', 'timeout', 'on_timeout'] as const).map((field) => ({
    why: `${field} beside a time`,
    document: wf([
      wait({ for: 1, [field]: { match: 'true', transient: true, timeout: 5, on_timeout: 'fail' }[field] }),
    ]),
    code: 'only_with_signal',
    pointer: `${config}/${field}`,
    says: field,
  })),
  {
    why: 'the name of a signal that is no slug',
    document: wf([wait({ signal: 'Go on' })]),
    code: 'pattern_mismatch',
    pointer: `${config}/signal`,
    says: 'slug',
  },
  {
    why: 'a timeout that is no duration',
    document: wf([wait({ signal: 'go', timeout: 'soon' })]),
    code: 'invalid_duration',
    pointer: `${config}/timeout`,
  },
  {
    why: 'a misspelled on_timeout',
    document: wf([wait({ signal: 'go', timeout: 5, on_timeout: 'continu' })]),
    code: 'not_allowed_value',
    pointer: `${config}/on_timeout`,
    suggestion: 'continue',
  },
  {
    why: 'a match that is not true or false',
    document: wf([wait({ signal: 'go', timeout: 5, match: '1 + 1' })]),
    code: 'expression_type',
    pointer: `${config}/match`,
  },
  {
    why: 'a match that asks the signal for what it does not have',
    document: wf([wait({ signal: 'go', timeout: 5, match: 'signal.paylod == 1' })]),
    code: 'unknown_name_field',
    pointer: `${config}/match`,
    suggestion: 'payload',
  },
  {
    why: 'the signal outside of a match',
    document: wf([wait({ signal: 'go', timeout: 5 }, { output: '${ signal.payload }' })]),
    code: 'unknown_name',
    pointer: '/steps/0/output',
  },
  { why: 'no option', document: wf([waitAny({})]), code: 'too_short', pointer: `${config}/options` },
  {
    why: 'an option that waits for nothing',
    document: wf([waitAny({ a: { steps: [] } })]),
    code: 'missing_field',
    pointer: `${config}/options/a/for`,
  },
  {
    why: 'an option that is called as another block of the step',
    document: wf([waitAny({ error: { for: 5 } })]),
    code: 'reserved_name',
    pointer: `${config}/options/error`,
    says: 'an option',
  },
  {
    why: 'an option whose name is no slug',
    document: wf([waitAny({ 'A b': { for: 5 } })]),
    code: 'pattern_mismatch',
    pointer: `${config}/options/A b`,
  },
  {
    why: 'a match in an option for a time',
    document: wf([waitAny({ a: { for: 5, match: 'true' } })]),
    code: 'only_with_signal',
    pointer: `${config}/options/a/match`,
  },
  {
    why: 'a time that is none in an option',
    document: wf([waitAny({ a: { until: 'noon' } })]),
    code: 'invalid_timestamp',
    pointer: `${config}/options/a/until`,
  },
];

describe('a wait is refused for what is wrong with it, with one precise error [D6]', () => {
  it.each(refusals)('refuses: $why', expectRefusal);
});
