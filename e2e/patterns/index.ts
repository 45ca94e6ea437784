/** The 43 patterns, by their numbers. */
import { basic } from './basic.ts';
import { ending } from './ending.ts';
import { merging } from './merging.ts';
import type { Pattern } from './pattern.ts';
import { repeating } from './repeating.ts';
import { stateBased } from './state-based.ts';

export const patterns: readonly Pattern[] = [...basic, ...merging, ...repeating, ...stateBased, ...ending].toSorted(
  (a, b) => a.number - b.number,
);
