/**
 * Masks secrets in what a try gives back, in the forms in which other sides and libraries repeat them: as they are, escaped for
 * JSON, encoded for a URL, in base64 at any place of a longer text, in hex, and backwards.
 */
import type { Json } from '@cloudflow/core/json.ts';

export type Mask = {
  text(text: string): string;
  /** Of a text that may have been cut off somewhere: also the beginning of a secret at its end. */
  cutText(text: string): string;
  value(value: Json, text?: (text: string) => string): Json;
};

const masked = '***';
/** A shorter form, or beginning of one, would be found where it is not meant. */
export const fewestCharacters = 4;

export function createMask(secrets: Iterable<string>): Mask {
  const forms = [...new Set([...secrets].flatMap(formsOf))].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(forms.map((form) => escaped(form)).join('|') || '(?!)', 'g');
  const text = (of: string): string => of.replace(pattern, masked);

  function cutText(of: string): string {
    const done = text(of);
    const longest = forms.reduce((most, form) => Math.max(most, overlap(done, form)), 0);
    return longest === 0 ? done : done.slice(0, done.length - longest) + masked;
  }

  function value(of: Json, textOf = text): Json {
    if (typeof of === 'string') return textOf(of);
    if (typeof of === 'number') return textOf(String(of)) === String(of) ? of : masked;
    if (typeof of !== 'object' || of === null) return of;
    if (Array.isArray(of)) return (of as readonly Json[]).map((each) => value(each, textOf));
    const entries = Object.entries(of as { readonly [key: string]: Json });
    return Object.fromEntries(entries.map(([key, each]) => [textOf(key), value(each, textOf)]));
  }

  return { text, cutText, value };
}

/** A text without these secrets. */
export function hidden(text: string, secrets: Iterable<string>): string {
  return createMask(secrets).text(text);
}

/** How much of the end of `text` is the beginning of `form`. */
function overlap(text: string, form: string): number {
  for (let length = Math.min(form.length - 1, text.length); length >= fewestCharacters; length -= 1)
    if (text.endsWith(form.slice(0, length))) return length;
  return 0;
}

function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const inJson = JSON.stringify(secret).slice(1, -1);
  const backwards = [...secret].reverse().join('');
  const others = [
    inJson,
    JSON.stringify(inJson).slice(1, -1),
    encodeURIComponent(secret.toWellFormed()),
    encodeURI(secret.toWellFormed()),
    new URLSearchParams([['', secret]]).toString().slice(1),
    bytes.toString('hex'),
    backwards,
    JSON.stringify(backwards).slice(1, -1),
    ...[0, 1, 2].flatMap((before) => base64Inside(bytes, before)),
  ];
  return [secret, ...others.filter((form) => form.length >= fewestCharacters)];
}

/** The characters of base64 that depend on these bytes alone, when `before` (mod 3) bytes stand before them. */
function base64Inside(bytes: Buffer, before: number): readonly string[] {
  const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
  const inside = whole.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  // A short one is too likely to be something else.
  if (inside.length < 6) return [];
  return [inside, inside.replaceAll('+', '-').replaceAll('/', '_')];
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
