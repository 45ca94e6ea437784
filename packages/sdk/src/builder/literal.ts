/** Values as literals of CEL. */

export function celLiteral(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return numberLiteral(value);
  if (Array.isArray(value)) return `[${value.map(celLiteral).join(', ')}]`;
  if (typeof value === 'object' && isPlain(value)) {
    const entries = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}: ${celLiteral(inner)}`);
    return `{${entries.join(', ')}}`;
  }
  throw new TypeError(
    `a ${typeof value} cannot stand in an expression: use a reference, text, a number, true, false or null`,
  );
}

/** A whole number that is not exact is a double, and has to look like one. */
function numberLiteral(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value);
}

export function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as unknown;
  return prototype === Object.prototype || prototype === null;
}
