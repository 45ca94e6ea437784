/** `wait`, also written `delay`: for a time, or until one. */
import type { ControlType } from '../control-type.ts';
import { parseDuration, parseTimestamp } from '../duration.ts';

export const waitType: ControlType = {
  type: 'wait',
  aliases: ['delay'],
  waits: true,
  summary: 'Waits for a time or until one. The output is `{ waited_ms }`.',
  configSchema: {
    type: 'object',
    additionalProperties: false,
    properties: {
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
    },
    'x-expected': 'either `for` or `until`',
    oneOf: [{ required: ['for'] }, { required: ['until'] }],
  },
  compile(config, step) {
    const field = config.for === undefined ? 'until' : 'for';
    const value = config[field] ?? null;
    const template = step.template(`/${field}`, value);
    const isRead = (field === 'for' ? parseDuration(value) : parseTimestamp(value)) !== undefined;
    if (template.constant && !isRead) step.error({ pointer: `/${field}`, ...misread[field] });
    return field === 'for' ? { kind: 'wait', for: template } : { kind: 'wait', until: template };
  },
};

const misread = {
  for: {
    code: 'invalid_duration',
    message: 'expected a duration: a number of milliseconds, `250ms 5s 10m 2h 3d`, or ISO 8601 such as `PT5S`',
  },
  until: { code: 'invalid_timestamp', message: 'expected a timestamp such as `2030-01-31T09:00:00Z`' },
} as const;
