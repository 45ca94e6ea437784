/** The ids of executions: UUIDv7, whose first 48 bits are the time of making and whose last byte is the shard. */
import { randomFillSync } from 'node:crypto';

/** How many slices all executions are cut into. For ever: the shard is a byte of each id. */
export const SHARDS = 256;

/** The shard of an execution: the last byte of its id. */
export function shardOf(executionId: string): number {
  return Number.parseInt(executionId.slice(-2), 16);
}

/** A new id made at `now` (milliseconds since the epoch), in that shard or in a random one. */
export function uuidV7(now: number, shard?: number): string {
  if (next === pool.length) refill();
  const at = next;
  next += RANDOM_BYTES;
  const high = Math.floor(now / 65_536);
  const low = now % 65_536;
  return (
    `${hex(high >>> 24)}${hex(high >>> 16)}${hex(high >>> 8)}${hex(high)}-${hex(low >>> 8)}${hex(low)}` +
    `-${hex(0x70 | (byte(at) & 0x0f))}${hex(byte(at + 1))}-${hex(0x80 | (byte(at + 2) & 0x3f))}${hex(byte(at + 3))}` +
    `-${hex(byte(at + 4))}${hex(byte(at + 5))}${hex(byte(at + 6))}${hex(byte(at + 7))}${hex(byte(at + 8))}` +
    hex(shard ?? byte(at + 9))
  );
}

const RANDOM_BYTES = 10;
// Random bytes are fetched for a thousand ids at a time: one call of the generator costs more than the rest of an id.
const pool = new Uint8Array(RANDOM_BYTES * 1_024);
let next = pool.length;

function refill(): void {
  randomFillSync(pool);
  next = 0;
}

function byte(at: number): number {
  return pool[at] as number;
}

const pairs = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));

function hex(value: number): string {
  return pairs[value & 0xff] as string;
}
