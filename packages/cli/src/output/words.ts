/** A line for people, in words: each is made harmless before it is painted, so that no colour of ours is taken for theirs. */
import type { Paint, Style } from './paint.ts';
import { oneLine } from './plain-text.ts';

export type Word = string | readonly [style: Style, text: string];

/** Empty words are left out. */
export function wordsText(words: readonly Word[], paint: Paint): string {
  return words
    .map((word) =>
      typeof word === 'string' ? ([undefined, oneLine(word)] as const) : ([word[0], oneLine(word[1])] as const),
    )
    .filter(([, text]) => text !== '')
    .map(([style, text]) => (style === undefined ? text : paint(style, text)))
    .join('  ');
}
