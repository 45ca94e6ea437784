/**
 * Warns of a POST whose repeat the other side cannot tell from a second request. Every try of a request carries an
 * `Idempotency-Key` of its own step and run, unless `headers` set one: that is recorded before the first try, so that every
 * try sends the same; only one that is the same in all executions, or empty, is no key.
 */
import { isJsonObject, type JsonObject } from '../json.ts';
import { holdsExpression } from './holds-expression.ts';
import type { Issues } from './issues.ts';
import type { LaidStep } from './layout.ts';
import { pointerTo } from './pointer.ts';

export function warnOfRepeatedPost({ document, pointer }: LaidStep, config: JsonObject, issues: Issues): void {
  const { method, headers } = config;
  if (method !== 'POST' || !isJsonObject(headers)) return;
  const name = Object.keys(headers).find((each) => each.toLowerCase() === 'idempotency-key');
  const key = name === undefined ? undefined : headers[name];
  if (name === undefined || (typeof key === 'string' && holdsExpression(key))) return;
  const isEmpty = key === '' || key === null;
  if (isEmpty && document.delivery === 'at_most_once') return; // there is no second try
  issues.warn({
    code: 'post_without_idempotency',
    pointer: pointerTo(`${pointer}/config/headers`, name),
    message: isEmpty
      ? 'an empty key replaces the one that every try would carry, so a try after a crash may do the work twice; remove the header, or set `delivery` to "at_most_once"'
      : 'every execution sends this same key, so the other side may take each request for a repeat of the first; remove the header, and each run of the step has a key of its own, or make it of what names the request, such as `${ input.order }`',
  });
}
