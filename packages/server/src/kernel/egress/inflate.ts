/** Undoes the content codings of a whole body, never beyond a limit: a few KB of gzip can stand for gigabytes. */
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib';
import { EgressError } from './failure.ts';

type Decode = (body: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>;

const decoders: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
  ['zstd', promisify(zstdDecompress)],
]);
const maxCodings = 3;

/** `coding` is the value of Content-Encoding; a coding that is not known here leaves the body as it came. */
export async function decodeBody(body: Uint8Array, coding: string, maxBytes: number): Promise<Uint8Array> {
  const codings = coding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name && name !== 'identity');
  const steps = codings.reverse().map((name) => decoders.get(name));
  if (body.length === 0 || steps.length > maxCodings) return body;
  let decoded = body;
  for (const decode of steps) {
    if (!decode) return body;
    decoded = await bounded(decode, decoded, maxBytes);
  }
  return decoded;
}

async function bounded(decode: Decode, body: Uint8Array, maxBytes: number): Promise<Buffer> {
  try {
    return await decode(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw new EgressError('network', 'The compressed body of the answer is damaged', error);
  }
}

export function tooLarge(maxBytes: number): EgressError {
  return new EgressError('too_large', `The answer is larger than ${maxBytes} bytes`);
}
