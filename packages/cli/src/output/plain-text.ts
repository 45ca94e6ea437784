/** Text of others on a terminal. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** What comes from a server may hold what a terminal obeys (colours, titles, answers it types itself): it is shown instead. */
export function plainText(text: string): string {
  return text.replace(control, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** JSON that a terminal does not obey either: its own form for such characters is the same value. */
export function jsonText(value: unknown, indent?: number): string {
  return plainText(JSON.stringify(value, null, indent));
}

/** On one line, as a cell of a table. */
export function oneLine(text: string): string {
  return plainText(text.replace(/\s*\n\s*/g, ' ').replaceAll('\t', ' '));
}
