/** The steps of its own block that a step uses: what it depends on when nobody said otherwise. */

import { holdsExpression } from '@cloudflow/core/definition/holds-expression.ts';
import { rootNames } from '@cloudflow/core/definition/view.ts';
import { compileTemplate } from '@cloudflow/core/expression/index.ts';
import { isJsonObject, type Json, type JsonObject } from '@cloudflow/core/json.ts';

/** Names that exist in some places only, beside those that a `for_each` gives to its items. */
const innerNames = ['item', 'done', 'succeeded', 'failed', 'total', 'results'];

/**
 * Those of `siblings` that its expressions name, also deep inside the blocks it holds. A compensation does not count: it runs
 * when all has ended, and may use every step.
 */
export function inferDependencies(step: JsonObject, siblings: readonly string[]): readonly string[] {
  const found: Found = { texts: [], names: [...rootNames, ...innerNames] };
  collect(step, found);
  const used = new Set(found.texts.flatMap((text) => stepsIn(text, found.names)));
  return siblings.filter((id) => used.has(id));
}

type Found = { readonly texts: string[]; readonly names: string[] };

function collect(value: Json, found: Found): void {
  if (typeof value === 'string' && holdsExpression(value)) found.texts.push(value);
  if (Array.isArray(value)) for (const item of value as readonly Json[]) collect(item, found);
  if (!isJsonObject(value)) return;
  if (typeof value['as'] === 'string') found.names.push(value['as']);
  for (const [key, inner] of Object.entries(value)) if (key !== 'compensate') collect(inner, found);
}

/** Text that is no good expression names nothing; `build` says what is wrong with it. */
function stepsIn(text: string, names: readonly string[]): readonly string[] {
  const compiled = compileTemplate(text, { names, opaque: ['secrets'] });
  if ('issues' in compiled) return [];
  return compiled.ok.references.flatMap(({ name, path }) => (name === 'steps' ? [String(path[0])] : []));
}
