/**
 * Stand-ins for secrets: the rules never see one. `secrets.NAME` is a text that only who knows the marker can tell from data;
 * whoever runs the try puts the secret in its place, and nothing of it comes back into the journal. Where a config is shown, the
 * stand-in is what is shown.
 */
import type { Json } from '../json.ts';

/** What `secrets` is to an expression: the marker is random, or '' where it is only shown. */
export function standIns(names: readonly string[], marker: string): (name: string) => Json | undefined {
  return (name) =>
    name === 'secrets' ? Object.fromEntries(names.map((each) => [each, standIn(each, marker)])) : undefined;
}

export function standIn(name: string, marker: string): string {
  return marker === '' ? `\${secrets.${name}}` : `\${secrets.${name}#${marker}}`;
}

/** The value with each stand-in of this marker replaced by what it stands for; keys are data and stay. */
export function withSecrets(value: Json, marker: string, secretOf: (name: string) => string): Json {
  const end = `#${marker}}`;
  return replaced(value);

  function replaced(of: Json): Json {
    if (typeof of === 'string') return of.includes(end) ? inText(of) : of;
    if (typeof of !== 'object' || of === null) return of;
    if (Array.isArray(of)) return (of as readonly Json[]).map(replaced);
    return Object.fromEntries(
      Object.entries(of as { readonly [key: string]: Json }).map(([key, each]) => [key, replaced(each)]),
    );
  }

  function inText(text: string): string {
    const [first = '', ...rest] = text.split('${secrets.');
    return rest.reduce((done, part) => {
      const at = part.indexOf(end);
      // What stands before the end is a name of the plan: the marker is nobody else's.
      return at < 0 ? `${done}\${secrets.${part}` : done + secretOf(part.slice(0, at)) + part.slice(at + end.length);
    }, first);
  }
}
