/** Names of fields: `depends_on` in documents is `dependsOn` in code. */

export function inDocument(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function inCode(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** An object of the language for the document; what is undefined is left out. Only its own names are changed. */
export function fieldsForDocument<T>(fields: Readonly<Record<string, T>>): Record<string, T> {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [inDocument(name), value]));
}
