/** All functions of the language by name. `or` and `orValue` are missing here: they are lazy (see compile-call.ts). */
import { groupBy } from '../group-by.ts';
import { convertFunctions } from './functions/convert.ts';
import { encodeFunctions } from './functions/encode.ts';
import { listFunctions } from './functions/list.ts';
import { mathFunctions } from './functions/math.ts';
import { optionalFunctions } from './functions/optional.ts';
import { stringFunctions } from './functions/string.ts';
import { timeFunctions } from './functions/time.ts';
import type { LanguageFunction } from './signature.ts';

/** The functions by topic, in the order of the reference page. */
export const functionsByTopic: ReadonlyMap<string, readonly LanguageFunction[]> = new Map<
  string,
  readonly LanguageFunction[]
>([
  ['Text', stringFunctions],
  ['Numbers', mathFunctions],
  ['Lists and maps', listFunctions],
  ['Times and durations', timeFunctions],
  ['Conversions', convertFunctions],
  ['JSON, Base64, digests, ids', encodeFunctions],
  ['Optional values', optionalFunctions],
]);

const all = [...functionsByTopic.values()].flat();

/** What `name(…)` may mean, namespaced names included. */
export const globals: ReadonlyMap<string, readonly LanguageFunction[]> = byName(
  all.filter((each) => !each.hasReceiver),
);
/** What `value.name(…)` may mean; several with the same name differ in their receiver. */
export const methods: ReadonlyMap<string, readonly LanguageFunction[]> = byName(all.filter((each) => each.hasReceiver));
/** The names before the dot of namespaced functions. */
export const namespaces: ReadonlySet<string> = new Set(
  [...globals.keys()].flatMap((name) => (name.includes('.') ? [name.slice(0, name.indexOf('.'))] : [])),
);

/** Methods that evaluate their argument only when it is needed; each takes one. */
export const lazyMethods: ReadonlySet<string> = new Set(['or', 'orValue']);

function byName(functions: readonly LanguageFunction[]): ReadonlyMap<string, readonly LanguageFunction[]> {
  return groupBy(functions, (each) => each.name);
}
