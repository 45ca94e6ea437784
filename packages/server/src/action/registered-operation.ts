/** From a step without a config to the config of the operation that the tenant has registered under its id. */
import { compileSchema } from '@cloudflow/core/definition/json-schema/compile-schema.ts';
import type { Json, JsonObject } from '@cloudflow/core/json.ts';
import { ActionError, RetryableError } from '@cloudflow/sdk/error.ts';

/** Where a parameter comes from: a JSON pointer into `{ input, steps }`; and what it must be. */
export type OperationParameter = { readonly from: string; readonly schema: Json };

export type RegisteredOperation = {
  readonly credential: string;
  readonly operation: 'query' | 'execute' | 'transaction';
  readonly sql: string | readonly string[];
  readonly parameters: Readonly<Record<string, OperationParameter>>;
  /** Names of parameters, in the order of their places; for several statements a list for each. */
  readonly params: readonly string[] | readonly (readonly string[])[];
  readonly maxRows: number | null;
};

/** Undefined when the tenant has none of this name. */
export type FindsOperations = (tenantId: string, name: string) => Promise<RegisteredOperation | undefined>;

/** What `core/definition/registered-operation.ts` makes of such a step. */
type Call = { readonly registered: string; readonly input: Json; readonly steps: JsonObject };

/** No config of a user can look like this: the schema of the action knows no field `registered`. */
export function isCall(config: Json): config is Call & JsonObject {
  return typeof config === 'object' && config !== null && 'registered' in config;
}

/** Throws `operation_unknown`, `operation_unavailable`, and `config_invalid` for a value that does not fit its schema. */
export async function configOf(find: FindsOperations, tenantId: string, call: Call): Promise<Json> {
  const name = call.registered;
  const found = await find(tenantId, name).catch((cause: unknown) => {
    throw new RetryableError(`The operation ${name} could not be read`, { code: 'operation_unavailable', cause });
  });
  const details = { operation: name };
  if (found === undefined)
    throw new ActionError(`There is no registered operation ${name}`, { code: 'operation_unknown', details });
  const values = valuesOf(found, call);
  const valueNamed = (each: string): Json => values.get(each) ?? null;
  const { credential, operation, sql, params, maxRows } = found;
  const listed = params.map((each) => (typeof each === 'string' ? valueNamed(each) : each.map(valueNamed)));
  const config = { credential, operation, sql: sql as Json, params: listed };
  return maxRows === null ? config : { ...config, max_rows: maxRows };
}

function valuesOf({ parameters }: RegisteredOperation, { input, steps }: Call): ReadonlyMap<string, Json> {
  const world = { input, steps };
  return new Map(
    Object.entries(parameters).map(([name, { from, schema }]) => {
      const value = at(world, from);
      const compiled = compileSchema(schema);
      const [problem] = 'problems' in compiled ? compiled.problems : compiled.ok.check(value);
      if (problem === undefined) return [name, value];
      const pointer = `/parameters/${name}${problem.pointer}`;
      throw new ActionError(`The parameter ${name} of the operation does not fit its schema: ${problem.message}`, {
        code: 'config_invalid',
        details: { pointer },
      });
    }),
  );
}

/** Null where there is nothing. */
function at(value: Json, pointer: string): Json {
  const names = pointer.split('/').slice(1);
  return names.reduce<Json>((of, escaped) => {
    const name = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof of !== 'object' || of === null || !Object.hasOwn(of, name)) return null;
    return (of as { readonly [key: string]: Json })[name] ?? null;
  }, value);
}
