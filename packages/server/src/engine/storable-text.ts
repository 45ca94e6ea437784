/** Texts of a request that become columns of their own. */
import { problem } from '../kernel/errors/problem.ts';

/** A text with the JSON pointer of where it stands. */
export type NamedText = readonly [pointer: string, text: string | undefined];

/** A column of text holds every character but U+0000 and half of a surrogate pair. */
export function mustBeStorable(texts: readonly NamedText[]): void {
  const bad = texts.find(([, text]) => text !== undefined && (text.includes('\u0000') || !text.isWellFormed()));
  if (!bad) return;
  const message = 'A text may not hold U+0000 or half of a surrogate pair.';
  throw problem('invalid_body', { detail: message, errors: [{ pointer: bad[0], code: 'wrong_format', message }] });
}
