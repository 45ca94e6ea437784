/** Texts of a request that become columns of their own. */
import { problem } from '../kernel/errors/problem.ts';
import { escapePointer } from '../kernel/http/read-json.ts';

/** A text with the JSON pointer of where it stands. */
export type NamedText = readonly [pointer: string, text: string | undefined];

/** A column of text holds every character but U+0000 and half of a surrogate pair. */
export function mustBeStorable(texts: readonly NamedText[]): void {
  const bad = texts.find(([, text]) => text !== undefined && (text.includes('\u0000') || !text.isWellFormed()));
  if (!bad) return;
  const message = 'A text may not hold U+0000 or half of a surrogate pair.';
  throw problem('invalid_body', { detail: message, errors: [{ pointer: bad[0], code: 'wrong_format', message }] });
}

type NamedStart = { readonly labels?: Readonly<Record<string, string>>; readonly business_key?: string };

/** The texts of a start that become columns; `at` is the pointer of the start in the request. */
export function textsOfStart({ labels = {}, business_key }: NamedStart, at = ''): readonly NamedText[] {
  return [[`${at}/business_key`, business_key], ...textsOfLabels(labels, at)];
}

/** The names of labels are texts as well; null removes a label. */
export function textsOfLabels(labels: Readonly<Record<string, string | null>>, at = ''): readonly NamedText[] {
  return Object.entries(labels).flatMap(([name, value]): readonly NamedText[] => {
    const pointer = `${at}/labels/${escapePointer(name)}`;
    return [
      [pointer, name],
      [pointer, value ?? undefined],
    ];
  });
}
