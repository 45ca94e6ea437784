/**
 * Times as ranges of execution ids. A UUIDv7 begins with the milliseconds of its making, and the tables are partitioned by
 * it: a range of ids reads the partitions of that time and no others, where a range of a time column would read them all.
 */

/** The smallest id that an execution made at or after this time can have. `at` in milliseconds since the epoch. */
export function firstIdAt(at: number): string {
  const bounded = Math.min(Math.max(0, Math.floor(at)), maxTime);
  const hex = bounded.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/** The smallest id made a day before this one, or later: what came of it is not older, however far two clocks are apart. */
export function aDayBefore(executionId: string): string {
  return firstIdAt(timeOf(executionId) - 86_400_000);
}

/** When this id was made, in milliseconds since the epoch. */
export function timeOf(executionId: string): number {
  return Number.parseInt(executionId.slice(0, 8) + executionId.slice(9, 13), 16);
}

/** The smallest id that is larger than this one. */
export function nextId(id: string): string {
  const next = BigInt(`0x${id.replaceAll('-', '')}`) + 1n;
  return next
    .toString(16)
    .padStart(32, '0')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** 48 bits of milliseconds. */
const maxTime = 2 ** 48 - 1;
