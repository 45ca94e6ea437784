import { describe, expect, it } from 'vitest';
import type { Json } from '../json.ts';
import { parseDuration, parseTimestamp } from './duration.ts';

describe('a duration', () => {
  it.each<[Json, number]>([
    [0, 0],
    [5000, 5000],
    ['250ms', 250],
    ['5s', 5000],
    ['10m', 600_000],
    ['2h', 7_200_000],
    ['3d', 259_200_000],
    ['1.5h', 5_400_000],
    ['PT5S', 5000],
    ['PT0.25S', 250],
    ['P1DT2H', 93_600_000],
    ['P2W', 1_209_600_000],
    ['PT1M1S', 61_000],
  ])('%s is %d ms', (value, ms) => {
    expect(parseDuration(value)).toBe(ms);
  });

  it.each<[Json]>([
    ['5'],
    [''],
    ['5 s'],
    ['-5s'],
    [-1],
    ['P'],
    ['PT'],
    ['P1Y'],
    ['1e3s'],
    [null],
    [[5]],
    [{}],
    [true],
    [1e300],
    ['999999999d'],
  ])('%j is none', (value) => {
    expect(parseDuration(value)).toBeUndefined();
  });
});

describe('a timestamp', () => {
  it.each<[Json, number]>([
    ['1970-01-01T00:00:01Z', 1000],
    ['1970-01-01T01:00:00+01:00', 0],
    ['1970-01-01t00:00:00.5z', 500],
    [42, 42],
    ['2024-02-29T00:00:00Z', 1_709_164_800_000],
  ])('%s is %d', (value, at) => {
    expect(parseTimestamp(value)).toBe(at);
  });

  it.each<[Json]>([
    ['2030-02-30T00:00:00Z'],
    ['2023-02-29T00:00:00Z'],
    ['2030-01-01'],
    ['2030-13-01T00:00:00Z'],
    ['2030-01-01T00:00:00'],
    ['soon'],
    [null],
    [1e300],
  ])('%j is none', (value) => {
    expect(parseTimestamp(value)).toBeUndefined();
  });
});
