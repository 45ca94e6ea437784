/** Random documents with every field of the language, and with text that is hard to write down: for what reads and prints them. */
import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/json.ts';
import { program, stepsOf } from '../random-program.ts';
import { buildProgram, shapes } from './nested-program.ts';
import { wf } from './refusal.ts';

/** What other notations take for something else. */
const trickyTexts = [
  'on',
  'no',
  '~',
  'null',
  '1.0',
  '0x1F',
  '0o7',
  '1_000',
  '1e3',
  '.inf',
  '2026-11-21',
  '12:30:00',
  '<<',
  '=',
  '---',
  '# no comment',
  ' leading',
  'trailing ',
  'key: value',
  '- item',
  "it's",
  '"quoted"',
  '`tick`',
  'back\\slash \\n',
  'two\nlines',
  'ends\n',
  '\n',
  'a\r\nb',
  'tab\there',
  '$${literal}',
  '${ input.n }',
  'x ${ input.n } y\n`z`',
  '\u2028',
  '\u0000',
  '\ud800',
  'ümläut 😀',
  '',
  '__proto__',
];
const text = fc.oneof(
  fc.constantFrom(...trickyTexts),
  fc.string({ unit: 'binary', maxLength: 12 }).filter((each) => !each.includes('${')),
);

const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, 1, 2 ** 53, 1e21, 1.5e-7),
);

/** JSON whose texts hold no broken expressions. */
export const trickyJson: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(text, tie('json'), { maxKeys: 3 }),
  ),
})).json;

const objects = fc.dictionary(text, trickyJson, { maxKeys: 3 }) as fc.Arbitrary<JsonObject>;
const shortText = fc.constantFrom(...trickyTexts).filter((each) => each.length > 0);
const retry: fc.Arbitrary<JsonObject> = fc.constantFrom<JsonObject>(
  { max_attempts: 2, backoff: 'linear', initial: '1s', max_interval: 'PT5S', jitter: 0.5 },
  { max_retries: 0, on: ['timeout'], except: ['network'], multiplier: 1.5 },
);

const own = <T extends Json>(name: string, value: fc.Arbitrary<T>): fc.Arbitrary<JsonObject> =>
  fc.option(value, { nil: undefined }).map((made): JsonObject => (made === undefined ? {} : { [name]: made }));
const fields = (...all: readonly fc.Arbitrary<JsonObject>[]): fc.Arbitrary<JsonObject> =>
  fc.tuple(...all).map((made) => Object.assign({}, ...made) as JsonObject);

/** Steps without dependencies, in whose configs anything may stand. */
const dataSteps = fc
  .record({
    config: objects,
    value: trickyJson,
    more: fields(
      own('retry', retry),
      own('delivery', fc.constantFrom('at_most_once', 'at_least_once')),
      own('timeout', fc.constantFrom<Json>(5, '5s')),
    ),
  })
  .map(({ config, value, more }): readonly JsonObject[] => [
    { id: 'data', type: 'some.action', config, ...more },
    { id: 'bare', type: 'some.action', output: value, compensate: { type: 'some.action', ...more, config } },
    { id: 'value', type: 'transform', config: { output: value } },
    {
      id: 'code',
      type: 'function',
      config: { code: 'export default (input) => `${input}\\n`;\n// end\n', input: value, memory_mb: 16 },
    },
    { id: 'late', type: 'delay', config: { for: '5s' }, lock: { key: "'k'", scope: 'tenant' } },
  ]);

const ending = (id: string): readonly JsonObject[] => [
  { id, type: 'transform', config: { output: '${ error.code }' } },
];

const topFields = fields(
  own('schema_version', fc.constant('1.0')),
  own('name', shortText),
  own('description', text),
  own('tags', fc.uniqueArray(shortText, { maxLength: 3 })),
  own('labels', fc.dictionary(shortText, text, { maxKeys: 3 })),
  own(
    'input_schema',
    fc.constantFrom<Json>(true, { type: 'object', required: ['n'], properties: { n: { type: 'number' } } }),
  ),
  own('variables', fc.dictionary(shortText, trickyJson, { maxKeys: 3 })),
  own('timeout', fc.constantFrom<Json>(5000, '2h', 'PT5S')),
  own('step_timeout', fc.constantFrom<Json>(5000, '2h')),
  own('retry', retry),
  own('priority', fc.constantFrom(1, 5)),
  own('concurrency', fc.constantFrom<Json>({ limit: 2 }, { key: 'input.n', limit: 1, strategy: 'cancel_running' })),
  own('output', trickyJson),
  own('on_failure', fc.constantFrom<Json>([], ending('told'))),
  own('on_cancel', fc.constantFrom<Json>([], [{ id: 'undone', type: 'transform', config: { output: 1 } }])),
  own('ui', objects),
);

const steps: fc.Arbitrary<readonly Json[]> = fc.oneof(
  program.map(stepsOf),
  shapes.map((of) => buildProgram(of).steps as readonly Json[]),
);

/** Most are valid; what refers to variables has them. */
export const anyDocument: fc.Arbitrary<JsonObject> = fc.tuple(steps, dataSteps, topFields).map(([some, data, top]) => ({
  ...wf([...some, ...data]),
  ...top,
  variables: { ...(top.variables as JsonObject | undefined), n: 0 },
}));
