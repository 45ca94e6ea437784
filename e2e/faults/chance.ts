/** Chance that can be repeated: every run prints its seed, and FAULT_SEED gives it again. */
import { randomInt } from 'node:crypto';

export type Chance = {
  readonly seed: number;
  /** A whole number from `from` to below `to`. */
  between(from: number, to: number): number;
};

export function createChance(seed = Number(process.env['FAULT_SEED'] ?? randomInt(2 ** 31))): Chance {
  let state = seed;
  // Mulberry32.
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { seed, between: (from, to) => from + Math.floor(next() * (to - from)) };
}
