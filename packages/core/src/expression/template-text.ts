/** One string of a template: text and expressions, told apart by the lexer of the language itself. */
import type { Json } from '../json.ts';
import { longestText, type Pool, runWithin } from './budget.ts';
import { compileTokens, issueOf, type Runnable } from './compile-expression.ts';
import { type Compiled, ExpressionError, type ExpressionIssue } from './expression.ts';
import { tokenize } from './lexer.ts';
import type { Compilation, TemplatePart } from './template.ts';

/** Compiles a string. One that is exactly one `${ }` keeps the type of its value; others are joined as text. */
export function compileText(compilation: Compilation, text: string, pointer: string): TemplatePart {
  if (!text.includes('${')) return { constant: text };
  const parts: (string | Runnable)[] = [];
  let at = 0;
  for (let open = text.indexOf('${'); open >= 0; open = text.indexOf('${', at)) {
    // $${ stands for a literal ${. The dollar must not belong to the expression before.
    if (open > at && text[open - 1] === '$') {
      parts.push(`${text.slice(at, open - 1)}\${`);
      at = open + 2;
      continue;
    }
    if (open > at) parts.push(text.slice(at, open));
    const { compiled, end } = compileAt(compilation, text, open);
    if ('issues' in compiled) report(compilation, compiled.issues, pointer);
    else parts.push(adopt(compilation, compiled.ok, pointer));
    at = end;
  }
  if (at < text.length) parts.push(text.slice(at));
  return partOf(parts);
}

/** The expression whose `${` stands at `open`, and the offset behind its brace. */
function compileAt(
  { options }: Compilation,
  text: string,
  open: number,
): { readonly compiled: Compiled<Runnable>; readonly end: number } {
  try {
    const { tokens, end } = tokenize(text, open + 2, true);
    return { compiled: compileTokens(text, tokens, options), end: end + 1 };
  } catch (error) {
    // Where it ends is unknown, so the rest of the string is not read.
    return { compiled: { issues: [issueOf(error)] }, end: text.length };
  }
}

function report({ issues }: Compilation, found: readonly ExpressionIssue[], pointer: string): void {
  for (const issue of found) issues.push({ ...issue, pointer });
}

function adopt(compilation: Compilation, runnable: Runnable, pointer: string): Runnable {
  for (const reference of runnable.references) compilation.references.push({ ...reference, pointer });
  compilation.volatile ||= runnable.volatile;
  return runnable;
}

function partOf(parts: readonly (string | Runnable)[]): TemplatePart {
  const [first] = parts;
  if (parts.length === 1 && typeof first === 'object')
    return { type: first.type, fill: (pool) => runWithin(pool, first.run) };
  if (parts.every((part) => typeof part === 'string')) return { constant: parts.join('') };
  return { type: 'string', fill: (pool) => join(pool, parts) };
}

function join(pool: Pool, parts: readonly (string | Runnable)[]): string {
  let text = '';
  for (const part of parts) {
    text += typeof part === 'string' ? part : textOf(runWithin(pool, part.run));
    if (text.length > longestText)
      throw new ExpressionError(`a text over ${longestText} characters`, 'expression_too_expensive');
  }
  return text;
}

/** Strings as they are, everything else JSON. */
function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value);
  } catch (error) {
    // Data may be nested deeper than the stack, or longer than a string may be.
    if (error instanceof RangeError)
      throw new ExpressionError('a value too large to be written as text', 'expression_too_expensive');
    throw error;
  }
}
