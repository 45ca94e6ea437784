/** Which of the forms that there are an answer takes, by the header `Accept` (RFC 9110 12.5.1). */

/**
 * The form that is wanted most; of equally wanted ones the one that was named more closely, then the first offered. Undefined
 * when none is acceptable. Of each the most specific range that it falls into decides; a header that names no such range does
 * not accept it.
 */
export function chooseType<T extends string>(accept: string | undefined, offered: readonly T[]): T | undefined {
  if (accept === undefined || accept.trim() === '') return offered[0];
  const ranges = accept.split(',').map(readRange);
  let best: { readonly type: T; readonly weight: number; readonly closeness: number } | undefined;
  for (const type of offered) {
    const found = closest(ranges, type);
    if (found === undefined || !(found.weight > 0)) continue;
    const { weight, closeness } = found;
    if (best === undefined || weight > best.weight || (weight === best.weight && closeness > best.closeness))
      best = { type, weight, closeness };
  }
  return best?.type;
}

type Range = { readonly name: string; readonly weight: number };

function closest(ranges: readonly Range[], type: string): { weight: number; closeness: number } | undefined {
  const names = ['*/*', `${type.slice(0, type.indexOf('/'))}/*`, type];
  for (let closeness = names.length - 1; closeness >= 0; closeness -= 1) {
    const range = ranges.find(({ name }) => name === names[closeness]);
    if (range !== undefined) return { weight: range.weight, closeness };
  }
  return undefined;
}

function readRange(text: string): Range {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  return { name, weight: weight === undefined ? 1 : Number(weight) };
}
