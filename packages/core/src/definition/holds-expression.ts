/** Whether a text has an expression in it, without parsing it. */

/** `$${` is a literal `${`. */
export function holdsExpression(text: string): boolean {
  for (let at = text.indexOf('${'); at !== -1; at = text.indexOf('${', at + 2)) {
    if (at === 0 || text[at - 1] !== '$') return true;
  }
  return false;
}
