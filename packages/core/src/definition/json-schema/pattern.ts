/** Patterns of schemas, run by RE2: in time linear in the text, whatever a tenant writes. */
import { RE2JS } from 're2js';

export type Pattern = { test(text: string): boolean } | { readonly problem: string };

/** A pattern of this size compiles in a few milliseconds; a longer one was made by a program. */
const longest = 2000;

/** JSON Schema's patterns are searched for, not anchored. Backreferences and look-around are not part of RE2. */
export function compilePattern(source: string): Pattern {
  if (source.length > longest) return { problem: `a pattern may have at most ${longest} characters` };
  try {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(source));
    return { test: (text) => compiled.test(text) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { problem: `not a pattern that RE2 can run (no look-around, no backreferences): ${reason}` };
  }
}
