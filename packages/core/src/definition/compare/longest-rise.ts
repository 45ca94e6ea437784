/** The longest strictly rising subsequence, by patience sorting: what of a list kept its order. */
export function longestRise(numbers: readonly number[]): readonly number[] {
  /** For each length, the index of the smallest number that ends a rise of it. */
  const ends: number[] = [];
  const before: (number | undefined)[] = [];
  for (const [index, number] of numbers.entries()) {
    const length = firstAtLeast(ends, (end) => (numbers[end] ?? 0) >= number);
    before.push(ends[length - 1]);
    ends[length] = index;
  }
  const rise: number[] = [];
  for (let at = ends.at(-1); at !== undefined; at = before[at]) rise.push(at);
  return rise.reverse();
}

function firstAtLeast(ends: readonly number[], isAtLeast: (end: number) => boolean): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isAtLeast(ends[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}
