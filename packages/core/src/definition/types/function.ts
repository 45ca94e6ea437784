/** `function`: JavaScript in a sandbox. */
import type { ControlType } from '../control-type.ts';
import { parseDuration } from '../duration.ts';
import { mayDiffer } from '../may-differ.ts';
import { templateSchema } from '../schema/value-schemas.ts';

const defaultTimeoutMs = 1000;
const longestTimeoutMs = 60_000;
const defaultMemoryMb = 32;

export const functionType: ControlType = {
  type: 'function',
  aliases: [],
  summary:
    'Runs JavaScript in a sandbox: no network, no files, no clock but `ctx.now`. The output is the returned JSON.',
  configSchema: {
    type: 'object',
    required: ['code'],
    additionalProperties: false,
    properties: {
      code: {
        description: 'A module: `export default (input, ctx) => …`.',
        type: 'string',
        minLength: 1,
        maxLength: 262_144,
      },
      input: { ...templateSchema, description: 'First argument of the function.' },
      timeout: { description: 'Time limit; 1 s by default, at most 1 m.', $ref: '#/$defs/duration' },
      memory_mb: {
        description: 'Memory limit in MB.',
        type: 'integer',
        minimum: 4,
        maximum: 256,
        default: defaultMemoryMb,
      },
    },
  },
  compile(config, step) {
    const code = String(config.code);
    // `export { f as default }` is fine too; without either word there is certainly nothing to call.
    if (!/\bexport\b/.test(code) || !/\bdefault\b/.test(code)) {
      step.error({
        code: 'no_default_export',
        pointer: '/code',
        message: 'the module exports no default function; write `export default (input, ctx) => …`',
      });
    }
    const timeoutMs =
      config.timeout === undefined ? defaultTimeoutMs : (parseDuration(config.timeout) ?? defaultTimeoutMs);
    if (timeoutMs > longestTimeoutMs || timeoutMs < 1) {
      step.error({
        code: 'invalid_duration',
        pointer: '/timeout',
        message: 'a function may run for 1 ms to 1 minute; longer work belongs into an action',
      });
    }
    const input = config.input === undefined ? null : step.template('/input', config.input);
    return {
      kind: 'function',
      code,
      input,
      recordInput: input !== null && mayDiffer(input),
      timeoutMs,
      memoryMb: typeof config.memory_mb === 'number' ? config.memory_mb : defaultMemoryMb,
    };
  },
};
