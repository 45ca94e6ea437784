/** `wait`, also written `delay`: for a time, until one, or for a signal. */
import type { ControlType } from '../control-type.ts';
import { compileDuration, compileSource, oneSource, refuseWithoutSignal, sourceProperties } from '../wait-source.ts';

export const waitType: ControlType = {
  type: 'wait',
  aliases: ['delay'],
  waits: true,
  summary:
    'Waits for a time, until one, or for a signal. The output is `{ waited_ms }`, of a signal its payload; null when none came in time and `on_timeout` is "continue".',
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      ...sourceProperties,
      timeout: {
        description:
          'How long the signal is waited for at most: a duration, or `${ }` that gives one. `timeout` of the step says the same; the shorter holds.',
        type: ['number', 'string'],
        'x-expected': 'a duration such as `5s`',
      },
      on_timeout: {
        description: 'When no signal came in time: the step fails with `timeout`, or succeeds with null.',
        enum: ['fail', 'continue'],
        default: 'fail',
      },
    },
    ...oneSource,
    examples: [
      { for: '5s' },
      { signal: 'paid', match: 'signal.payload.order == input.order', timeout: '3d', on_timeout: 'continue' },
    ],
  },
  compile(config, step) {
    const source = compileSource(config, step);
    if (!('signal' in source)) {
      for (const field of ['timeout', 'on_timeout']) refuseWithoutSignal(config, field, { step });
      return { kind: 'wait', ...source };
    }
    if (config['timeout'] === undefined && !step.hasTimeout) {
      step.warn({
        code: 'wait_without_timeout',
        pointer: '/timeout',
        message: `when \`${source.signal}\` never comes, this waits for ever; say how long with \`timeout\``,
      });
    }
    return {
      kind: 'wait',
      ...source,
      timeout: config['timeout'] === undefined ? null : compileDuration(config['timeout'], step, '/timeout'),
      onTimeout: config['on_timeout'] === 'continue' ? 'continue' : 'fail',
    };
  },
};
