/** What stands for a value where only its being the same counts. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '@cloudflow/core/definition/canonical.ts';
import type { Json } from '@cloudflow/core/json.ts';

/** SHA-256 of the canonical text: the same for equal values, whatever the order of their keys. */
export function digestOf(value: Json): Buffer {
  return createHash('sha256').update(canonicalJson(value)).digest();
}
