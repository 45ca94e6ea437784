/** Base64 with the standard alphabet, for a package that may use neither Node nor the DOM. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const sextets: ReadonlyMap<string, number> = new Map([...alphabet].map((letter, index) => [letter, index]));

export function encodeBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let index = 0; index < bytes.length; index += 3) {
    const first = bytes[index] ?? 0;
    const second = bytes[index + 1];
    const third = bytes[index + 2];
    const group = (first << 16) | ((second ?? 0) << 8) | (third ?? 0);
    parts.push(
      (alphabet[group >> 18] ?? '') +
        (alphabet[(group >> 12) & 63] ?? '') +
        (second === undefined ? '=' : (alphabet[(group >> 6) & 63] ?? '')) +
        (third === undefined ? '=' : (alphabet[group & 63] ?? '')),
    );
  }
  return parts.join('');
}

/** The bytes, or undefined when the text is not Base64. Padding may be left out, as CEL allows. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const body = unpadded(text);
  if (body === undefined || body.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((body.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let length = 0;
  for (const letter of body) {
    const value = sextets.get(letter);
    if (value === undefined) return undefined;
    bits = ((bits << 6) | value) & 0xffffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[length++] = (bits >> held) & 0xff;
    }
  }
  return bytes;
}

function unpadded(text: string): string | undefined {
  if (!text.endsWith('=')) return text;
  if (text.length % 4 !== 0) return undefined;
  return text.endsWith('==') ? text.slice(0, -2) : text.slice(0, -1);
}
