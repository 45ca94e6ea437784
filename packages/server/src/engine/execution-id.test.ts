import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SHARDS, shardOf, uuidV7 } from './execution-id.ts';

const form = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('uuidV7', () => {
  it('carries the time it was made at, the version, the variant and the shard that was asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), fc.integer({ min: 0, max: SHARDS - 1 }), (now, shard) => {
        const id = uuidV7(now, shard);
        expect(id).toMatch(form);
        expect(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(now);
        expect(shardOf(id)).toBe(shard);
      }),
    );
  });

  it('does not repeat itself within a millisecond, also when its random bytes are fetched anew', () => {
    const ids = Array.from({ length: 10_000 }, () => uuidV7(1_800_000_000_000, 7));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('spreads over all shards when none is asked for', () => {
    const shards = new Set(Array.from({ length: 10_000 }, () => shardOf(uuidV7(0))));
    expect(shards.size).toBe(SHARDS);
  });
});
