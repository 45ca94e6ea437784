/** Source text to tokens. It stops at the brace that closes a `${`, so that the template needs no second idea of strings. */
import { readQuoted } from './quoted.ts';
import { refuse } from './syntax.ts';
import { Bytes } from './value.ts';

export type Token = {
  readonly kind: 'name' | 'quoted_name' | 'literal' | 'symbol' | 'end';
  /** The name or the symbol; for a literal its source. */
  readonly text: string;
  /** Of a literal. */
  readonly value: number | string | Bytes | null;
  readonly start: number;
  readonly end: number;
};

export type Tokens = {
  readonly tokens: readonly Token[];
  /** Offset of the brace that closes the expression; the length of the source when nothing has to close it. */
  readonly end: number;
};

/** The longest expression, in UTF-16 units. */
const longestSource = 1_000_000;
/** The most tokens of one expression: a longer one is data, and data comes from elsewhere. */
const mostTokens = 100_000;
const twoLetterSymbols = new Set(['==', '!=', '<=', '>=', '&&', '||']);
const oneLetterSymbols = new Set('+-*/%<>!?:.,()[]{}');
const wordPattern = /[A-Za-z_][A-Za-z0-9_]*/y;
const numberPattern = /0[xX][0-9a-fA-F]+[uU]?|(?:[0-9]+\.[0-9]+|\.[0-9]+|[0-9]+)(?:[eE][+-]?[0-9]+)?[uU]?/y;
const spacePattern = /(?:[ \t\r\n\f]+|\/\/[^\n]*)+/y;
const quotedNamePattern = /`([A-Za-z0-9_./ -]+)`/y;
const stringPrefixes = new Set(['r', 'R', 'b', 'B', 'br', 'bR', 'Br', 'BR', 'rb', 'rB', 'Rb', 'RB']);

/**
 * Reads tokens from `start`: to the end of the source, or, when `embedded`, to the `}` that balances the `${` before it.
 * @throws Refusal with the offset in the whole source.
 */
export function tokenize(source: string, start: number, embedded: boolean): Tokens {
  if (source.length - start > longestSource && !embedded) throw refuse('the expression is over 1 MB', start);
  const tokens: Token[] = [];
  let open = 0;
  for (let at = skipSpace(source, start); at < source.length; at = skipSpace(source, at)) {
    if (embedded && open === 0 && source[at] === '}') return finish(tokens, at);
    const token = readToken(source, at);
    if (token.kind === 'symbol' && token.text === '{') open += 1;
    if (token.kind === 'symbol' && token.text === '}') open -= 1;
    tokens.push(token);
    if (tokens.length > mostTokens) throw refuse(`the expression is over ${mostTokens} words and signs`, start);
    at = token.end;
  }
  if (embedded) throw refuse('this expression is never closed by a }', start - 2);
  return finish(tokens, source.length);
}

function finish(tokens: Token[], end: number): Tokens {
  tokens.push({ kind: 'end', text: 'the end', value: null, start: end, end });
  return { tokens, end };
}

function readToken(source: string, at: number): Token {
  const letter = source[at] ?? '';
  if (isWordStart(letter)) return readWord(source, at);
  if (isDigit(letter) || (letter === '.' && isDigit(source[at + 1] ?? ''))) return readNumber(source, at);
  if (letter === '"' || letter === "'") return readString(source, at, '');
  if (letter === '`') return readQuotedName(source, at);
  const two = source.slice(at, at + 2);
  if (twoLetterSymbols.has(two)) return symbol(two, at);
  if (oneLetterSymbols.has(letter)) return symbol(letter, at);
  throw refuse(unexpected(source, at), at);
}

function unexpected(source: string, at: number): string {
  if (source[at] === '=') return 'unexpected "=": an expression compares with "==", and cannot assign';
  if (source[at] === '&' || source[at] === '|') return `unexpected "${source[at]}": write "${source[at]}${source[at]}"`;
  return `unexpected ${JSON.stringify(String.fromCodePoint(source.codePointAt(at) ?? 0))}`;
}

function readWord(source: string, at: number): Token {
  const text = matchAt(wordPattern, source, at);
  const end = at + text.length;
  const next = source[end];
  if ((next === '"' || next === "'") && stringPrefixes.has(text)) return readString(source, end, text);
  return { kind: 'name', text, value: null, start: at, end };
}

function readQuotedName(source: string, at: number): Token {
  const text = matchAt(quotedNamePattern, source, at);
  if (text === '') throw refuse('a name in backquotes is closed by another backquote', at);
  return { kind: 'quoted_name', text: text.slice(1, -1), value: null, start: at, end: at + text.length };
}

function readNumber(source: string, at: number): Token {
  const text = matchAt(numberPattern, source, at);
  const end = at + text.length;
  if (isWordStart(source[end] ?? '') || isDigit(source[end] ?? ''))
    throw refuse('a number may not run into a word', end);
  const isUnsigned = /[uU]$/.test(text);
  const digits = isUnsigned ? text.slice(0, -1) : text;
  const isWhole = /^(0[xX]|[0-9]+$)/.test(digits);
  if (isUnsigned && !isWhole) throw refuse('only a whole number takes the suffix u', at);
  const value = Number(digits);
  if (isWhole && !Number.isSafeInteger(value)) throw refuse('a whole number beyond 2^53 - 1', at);
  if (!Number.isFinite(value)) throw refuse('a number too large', at);
  return { kind: 'literal', text, value, start: at, end };
}

function readString(source: string, at: number, prefix: string): Token {
  const lower = prefix.toLowerCase();
  const isBytes = lower.includes('b');
  const read = readQuoted(source, at, { isRaw: lower.includes('r'), isBytes });
  const value = read.bytes === undefined ? read.text : new Bytes(read.bytes);
  return { kind: 'literal', text: 'text', value, start: at - prefix.length, end: read.end };
}

function symbol(text: string, at: number): Token {
  return { kind: 'symbol', text, value: null, start: at, end: at + text.length };
}

function skipSpace(source: string, at: number): number {
  return at + matchAt(spacePattern, source, at).length;
}

function matchAt(pattern: RegExp, source: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? '';
}

function isDigit(letter: string): boolean {
  return letter >= '0' && letter <= '9' && letter.length === 1;
}

function isWordStart(letter: string): boolean {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter === '_';
}
