/**
 * Fields of a config that hold no expression, such as the text of an SQL statement: a value that is put into it, instead of
 * beside it as a parameter, could change what it says. A schema marks them with `x-constant`.
 */
import type { Json, JsonObject } from '../json.ts';
import { holdsExpression } from './holds-expression.ts';
import type { Issues } from './issues.ts';
import type { ActionShape } from './plan.ts';

type Properties = { readonly properties?: { readonly [name: string]: { readonly 'x-constant'?: boolean } } };

export function checkConstants(
  config: JsonObject,
  { configSchema }: ActionShape,
  { pointer, issues }: { readonly pointer: string; readonly issues: Issues },
): void {
  const { properties = {} } = (configSchema ?? {}) as Properties;
  for (const [name, property] of Object.entries(properties)) {
    if (property['x-constant'] !== true || !hasExpression(config[name])) continue;
    issues.error({
      code: 'constant_expected',
      pointer: `${pointer}/${name}`,
      message: `\`${name}\` is a constant: hand values in beside it, not inside`,
    });
  }
}

function hasExpression(value: Json | undefined): boolean {
  if (typeof value === 'string') return holdsExpression(value);
  return Array.isArray(value) && value.some((each) => hasExpression(each as Json));
}
