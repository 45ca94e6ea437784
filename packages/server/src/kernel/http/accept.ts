/** Whether a caller can read JSON, by its header `Accept` (RFC 9110 12.5.1). */

/** The most specific range that JSON falls into decides; a header that names no such range does not accept it. */
export function acceptsJson(accept: string | undefined): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  const ranges = accept.split(',').map(readRange);
  for (const name of ['application/json', 'application/*', '*/*']) {
    const range = ranges.find((each) => each.name === name);
    if (range) return range.weight > 0;
  }
  return false;
}

function readRange(text: string): { readonly name: string; readonly weight: number } {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  return { name, weight: weight === undefined ? 1 : Number(weight) };
}
