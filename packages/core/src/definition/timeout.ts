/** Timeouts of a document, in milliseconds. */
import type { DurationValue } from './document.ts';
import { parseDuration } from './duration.ts';
import type { Issues } from './issues.ts';

/** Null without one. A timeout of 0 would fail every attempt. */
export function readTimeout(value: DurationValue | undefined, pointer: string, issues: Issues): number | null {
  if (value === undefined) return null;
  const ms = parseDuration(value);
  if (ms !== undefined && ms > 0) return ms;
  issues.error({
    code: 'invalid_duration',
    pointer,
    message: 'expected a duration above 0: milliseconds, `250ms 5s 10m 2h 3d`, or ISO 8601 such as `PT5S`',
  });
  return null;
}
