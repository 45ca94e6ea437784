/** What a step can wait for: a time, or a signal. `wait` names one of them, each option of a `wait_any` another. */
import type { Json, JsonObject } from '../json.ts';
import type { TypeCompiler } from './control-type.ts';
import { parseDuration, parseTimestamp } from './duration.ts';
import type { SignalToWait, TimeToWait } from './plan.ts';
import { expressionSchema } from './schema/value-schemas.ts';

const sources = ['for', 'until', 'signal'] as const;

export const sourceProperties: { readonly [field: string]: JsonObject } = {
  for: {
    description: 'How long: `5000` (ms), `250ms 5s 10m 2h 3d`, ISO 8601, or `${ }` that gives one.',
    type: ['number', 'string'],
    'x-expected': 'a duration such as `5s`',
  },
  until: {
    description: 'Until when: an RFC 3339 timestamp, or `${ }` that gives one.',
    type: ['number', 'string'],
    'x-expected': 'a timestamp such as `2030-01-31T09:00:00Z`',
  },
  signal: {
    description:
      'The name of a signal, a slug. One that came before is kept and counts, unless it was consumed by another step.',
    $ref: '#/$defs/slug',
  },
  match: {
    ...expressionSchema,
    description:
      'Which signals of that name count. Sees `signal`: `name`, `payload` and `received_at`; an error in it counts as no match.',
  },
  transient: {
    description: 'Only signals that come while the step waits count; none that was kept before.',
    type: 'boolean',
    default: false,
  },
};

/** Beside `sourceProperties` in a schema: what is waited for is said once. */
export const oneSource = {
  'x-expected': 'either `for`, `until` or `signal`',
  oneOf: sources.map((field) => ({ required: [field] })),
} as const;

/** `pointer`: of the object that holds the fields, relative to the config. */
export function compileSource(config: JsonObject, step: TypeCompiler, pointer = ''): TimeToWait | SignalToWait {
  const { signal, match, transient = false } = config;
  if (typeof signal !== 'string') {
    for (const field of ['match', 'transient']) refuseWithoutSignal(config, field, { step, pointer });
    return compileTime(config, step, pointer);
  }
  return {
    signal,
    match: typeof match === 'string' ? step.condition(`${pointer}/match`, match, { names: ['signal'] }) : null,
    transient: transient === true,
  };
}

export function refuseWithoutSignal(
  config: JsonObject,
  field: string,
  { step, pointer = '' }: { readonly step: TypeCompiler; readonly pointer?: string },
): void {
  if (config[field] === undefined) return;
  step.error({
    code: 'only_with_signal',
    pointer: `${pointer}/${field}`,
    message: `\`${field}\` is for a wait with \`signal\`; remove it, or name the signal to wait for`,
  });
}

function compileTime(config: JsonObject, step: TypeCompiler, pointer: string): TimeToWait {
  if (config['for'] !== undefined) return { for: compileDuration(config['for'], step, `${pointer}/for`) };
  const until = step.template(`${pointer}/until`, config['until'] ?? null);
  if (until.constant && parseTimestamp(config['until']) === undefined) {
    step.error({
      code: 'invalid_timestamp',
      pointer: `${pointer}/until`,
      message: 'expected a timestamp such as `2030-01-31T09:00:00Z`',
    });
  }
  return { until };
}

/** A duration that may be an expression; a constant is checked at once. */
export function compileDuration(value: Json, step: TypeCompiler, pointer: string) {
  const duration = step.template(pointer, value);
  if (duration.constant && parseDuration(value) === undefined) {
    step.error({
      code: 'invalid_duration',
      pointer,
      message: 'expected a duration: a number of milliseconds, `250ms 5s 10m 2h 3d`, or ISO 8601 such as `PT5S`',
    });
  }
  return duration;
}
