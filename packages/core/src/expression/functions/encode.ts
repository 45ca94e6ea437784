/** JSON, Base64, digests and ids. */
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha224, sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import type { Json } from '../../json.ts';
import { decodeBase64, encodeBase64 } from '../base64.ts';
import { charge, chargeNewText, chargeText, type Evaluation } from '../budget.ts';
import { ExpressionError } from '../expression.ts';
import { any, bytes, declare, either, string } from '../signature.ts';
import { toJson, writeJson } from '../to-json.ts';
import { encodeUtf8 } from '../utf8.ts';
import { Bytes, type Value } from '../value.ts';
import { hexOf } from './format.ts';

const textOrBytes = either(string, bytes);

/** md5 and sha1 are here for what others demand (ETags, old signatures); nobody should choose them. */
const digests: ReadonlyMap<string, (bytes: Uint8Array) => Uint8Array> = new Map([
  ['sha256', sha256],
  ['sha512', sha512],
  ['sha384', sha384],
  ['sha224', sha224],
  ['sha1', sha1],
  ['md5', md5],
]);

export const encodeFunctions = [
  declare({
    name: 'json',
    takes: [any],
    result: 'string',
    doc: 'the value as JSON text',
    example: 'json({"a": [1, true]})',
    call: (evaluation, value) => writeJson(evaluation, toJson(evaluation, value)),
  }),
  declare({
    name: 'parse_json',
    takes: [string],
    result: 'dyn',
    doc: 'the value that a JSON text holds',
    example: 'parse_json("[1, 2]")',
    call: parseJson,
  }),
  declare({
    name: 'base64',
    takes: [textOrBytes],
    result: 'string',
    doc: 'Base64 of bytes, or of the UTF-8 bytes of a text',
    example: 'base64("hello")',
    call: toBase64,
  }),
  declare({
    name: 'base64.encode',
    takes: [textOrBytes],
    result: 'string',
    doc: 'the same as base64(value)',
    example: 'base64.encode(b"hello")',
    call: toBase64,
  }),
  declare({
    name: 'base64.decode',
    takes: [string],
    result: 'bytes',
    doc: 'the bytes that a Base64 text holds',
    example: 'string(base64.decode("aGVsbG8="))',
    call(evaluation, text) {
      charge(evaluation, text.length / 32);
      const decoded = decodeBase64(text);
      if (decoded === undefined) throw new ExpressionError('base64.decode() of a text that is not Base64');
      return new Bytes(decoded);
    },
  }),
  declare({
    name: 'hash',
    takes: [string, textOrBytes],
    result: 'string',
    doc: 'the digest in hexadecimal: sha256, sha512, sha384, sha224, sha1 or md5',
    example: 'hash("sha256", "hello")',
    call: hash,
  }),
  declare({
    name: 'uuid',
    takes: [],
    result: 'string',
    doc: 'a new random id; recorded, so that a replay sees the same',
    example: 'uuid()',
    volatile: true,
    call(evaluation) {
      charge(evaluation, 1);
      return evaluation.scope.uuid();
    },
  }),
];

function parseJson(evaluation: Evaluation, text: string): Value {
  chargeText(evaluation, text.length);
  let value: Json;
  try {
    value = JSON.parse(text, onlyFinite);
  } catch (error) {
    // The message of JSON.parse quotes the text, which is data.
    if (error instanceof SyntaxError || error instanceof RangeError)
      throw new ExpressionError('parse_json() of a text that is not JSON');
    throw error;
  }
  return toJson(evaluation, value); // Refuses what is nested too deeply, and charges for the rest.
}

/** JSON may spell numbers that no double holds. */
function onlyFinite(_key: string, value: Json): Json {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new ExpressionError('parse_json() of a number that is too large');
  return value;
}

function toBase64(evaluation: Evaluation, value: string | Bytes): string {
  const data = value instanceof Bytes ? value.bytes : encode(evaluation, value);
  charge(evaluation, data.length / 32);
  chargeNewText(evaluation, Math.ceil(data.length / 3) * 4);
  return encodeBase64(data);
}

function hash(evaluation: Evaluation, algorithm: string, value: string | Bytes): string {
  const digest = digests.get(algorithm);
  if (digest === undefined) throw new ExpressionError(`hash() knows ${[...digests.keys()].join(', ')}`);
  const data = value instanceof Bytes ? value.bytes : encode(evaluation, value);
  charge(evaluation, 5 + data.length / 32);
  return hexOf(digest(data));
}

function encode(evaluation: Evaluation, text: string): Uint8Array {
  chargeNewText(evaluation, text.length);
  return encodeUtf8(text);
}
