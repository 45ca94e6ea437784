/** Text by code points, as CEL counts it. Text without surrogates, which is nearly all text, is not taken apart. */

const surrogate = /[\ud800-\udfff]/;

export function lengthOf(text: string): number {
  if (!surrogate.test(text)) return text.length;
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** The code points of a text, each as text; a lone surrogate is one. */
export function pointsOf(text: string): readonly string[] {
  return surrogate.test(text) ? Array.from(text) : text.split('');
}

/** The part from one code point to another. */
export function sliceOf(text: string, from: number, to: number): string {
  return surrogate.test(text) ? Array.from(text).slice(from, to).join('') : text.slice(from, to);
}

/** The offset in code points of an offset in UTF-16 units. */
export function toPointOffset(text: string, unitOffset: number): number {
  return unitOffset <= 0 ? unitOffset : lengthOf(text.slice(0, unitOffset));
}

/** The offset in UTF-16 units of an offset in code points. */
export function toUnitOffset(text: string, pointOffset: number): number {
  return surrogate.test(text) ? Array.from(text).slice(0, pointOffset).join('').length : pointOffset;
}
