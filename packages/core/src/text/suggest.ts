/** "Did you mean": the known word that somebody most probably meant to write. */

/** Longer words are typed by programs, not by people; comparing them would only cost time. */
const longest = 64;
/** Among more candidates than this a guess is worth less than the time it takes. */
const mostCandidates = 5000;

/**
 * The candidate nearest to `word` by Damerau-Levenshtein distance (letter case counts half), or undefined when none is
 * near enough to be a slip of the hand: a third of the word's length, at least 1 and at most 3.
 */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > longest) return undefined;
  const limit = Math.min(3, Math.max(1, Math.floor(word.length / 3)));
  let best: string | undefined;
  let bestDistance = limit + 0.5;
  let seen = 0;
  for (const candidate of candidates) {
    seen += 1;
    if (seen > mostCandidates) break;
    if (candidate === word || Math.abs(candidate.length - word.length) > limit || candidate.length > longest) continue;
    const found = distance(word, candidate);
    if (found < bestDistance) {
      best = candidate;
      bestDistance = found;
    }
  }
  return best;
}

/** Optimal string alignment: insert, delete, replace, swap two neighbours; a change of letter case costs half. */
function distance(a: string, b: string): number {
  let twoBack: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const change = (previous[column - 1] ?? 0) + replaceCost(a, row - 1, b, column - 1);
      let cost = Math.min(change, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
      if (isSwap(a, row, b, column)) cost = Math.min(cost, (twoBack[column - 2] ?? 0) + 1);
      current.push(cost);
    }
    twoBack = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}

function replaceCost(a: string, i: number, b: string, j: number): number {
  const left = a[i] ?? '';
  const right = b[j] ?? '';
  if (left === right) return 0;
  return left.toLowerCase() === right.toLowerCase() ? 0.5 : 1;
}

function isSwap(a: string, row: number, b: string, column: number): boolean {
  return row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
}
