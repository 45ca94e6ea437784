/** Quoted literals of CEL: plain, raw, triple and bytes, with their escapes. */
import { refuse } from './syntax.ts';
import { encodeUtf8 } from './utf8.ts';

export type Quoted = { readonly text: string; readonly bytes: Uint8Array | undefined; readonly end: number };
type Form = { readonly isRaw: boolean; readonly isBytes: boolean };

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
  ['?', '?'],
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
]);
const numericEscapes = [
  { pattern: /x([0-9a-fA-F]{2})/iy, radix: 16 },
  { pattern: /u([0-9a-fA-F]{4})/y, radix: 16 },
  { pattern: /U([0-9a-fA-F]{8})/y, radix: 16 },
  { pattern: /([0-3][0-7]{2})/y, radix: 8 },
];

/** Reads the literal whose opening quote stands at `at`. */
export function readQuoted(source: string, at: number, form: Form): Quoted {
  const quote = source[at] ?? '';
  const close = source.startsWith(quote.repeat(3), at) ? quote.repeat(3) : quote;
  const parts = new Parts(form.isBytes);
  let index = at + close.length;
  let plainFrom = index;
  while (index < source.length) {
    const letter = source[index] ?? '';
    if (letter === quote && source.startsWith(close, index)) {
      parts.addText(source.slice(plainFrom, index));
      return { ...parts.finish(), end: index + close.length };
    }
    if (close.length === 1 && (letter === '\n' || letter === '\r')) break;
    if (letter === '\\' && !form.isRaw) {
      parts.addText(source.slice(plainFrom, index));
      index = parts.addEscape(source, index);
      plainFrom = index;
    } else {
      index += 1;
    }
  }
  throw refuse('this text is never closed by its quote', at);
}

/** Collects a literal: text as it stands, except that `\xff` in bytes is a byte and not a character. */
class Parts {
  readonly #isBytes: boolean;
  readonly #texts: string[] = [];
  readonly #bytes: number[] = [];

  constructor(isBytes: boolean) {
    this.#isBytes = isBytes;
  }

  addText(text: string): void {
    if (!this.#isBytes) this.#texts.push(text);
    else for (const byte of encodeUtf8(text)) this.#bytes.push(byte);
  }

  /** Reads the escape at `at` and returns the offset behind it. */
  addEscape(source: string, at: number): number {
    const simple = simpleEscapes.get(source[at + 1] ?? '');
    if (simple !== undefined) {
      this.addText(simple);
      return at + 2;
    }
    for (const { pattern, radix } of numericEscapes) {
      pattern.lastIndex = at + 1;
      const found = pattern.exec(source);
      if (found === null) continue;
      this.#addCode(Number.parseInt(found[1] ?? '', radix), { at, isByte: !/[uU]/.test(found[0]) });
      return at + 1 + found[0].length;
    }
    throw refuse('an unknown escape in a text; a backslash itself is written \\\\', at);
  }

  #addCode(code: number, { at, isByte }: { at: number; isByte: boolean }): void {
    if (code > 0x10ffff) throw refuse('an escape beyond the last character of Unicode', at);
    if (this.#isBytes && isByte) this.#bytes.push(code);
    else this.addText(String.fromCodePoint(code));
  }

  finish(): { text: string; bytes: Uint8Array | undefined } {
    return { text: this.#texts.join(''), bytes: this.#isBytes ? Uint8Array.from(this.#bytes) : undefined };
  }
}
