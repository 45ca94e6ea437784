/** One try of an action in a test, held to what the action declares of itself. */
import { compileValid } from '@cloudflow/core/definition/json-schema/compile-schema.ts';
import type { Json } from '@cloudflow/core/json.ts';
import type { Static, TSchema } from 'typebox';
import type { Action, ActionContext, TypedAction } from '../action.ts';
import { ActionError } from '../error.ts';

/** What any action may throw without a row in its `errors`: its config, as it came out of the expressions, is wrong. */
const alwaysDeclared = ['config_invalid'];

/**
 * Gives the output, or throws what the action threw. That the config or the output does not fit its schema, and that an
 * error has a code which the action does not declare, are errors of their own: the platform and the reference page rely on it.
 */
export async function runAction<Config extends TSchema, Output extends TSchema>(
  action: TypedAction<Config, Output>,
  context: ActionContext<NoInfer<Static<Config>>>,
): Promise<Static<Output>> {
  mustFit(`The config of ${action.type}`, action.config, context.config);
  const output = await action.run(context).catch((error: unknown) => {
    throw declared(action, error);
  });
  mustFit(`The output of ${action.type}`, action.output, output);
  return output as Static<Output>;
}

function mustFit(what: string, schema: TSchema, value: unknown): void {
  const problems = compileValid(asJson(schema)).check(asJson(value));
  const text = problems.map(({ pointer, message }) => `${pointer || 'it'} ${message}`).join('; ');
  if (problems.length > 0) throw new Error(`${what} does not fit its schema: ${text}`);
}

/** As it is stored: without fields that are undefined, dates as text. */
function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null)) as Json;
}

function declared({ type, errors }: Action, error: unknown): unknown {
  if (!(error instanceof ActionError)) return error;
  const codes = [...errors.map(({ code }) => code), ...alwaysDeclared];
  if (codes.includes(error.code)) return error;
  const message = `${type} failed with the code ${error.code}, which its declaration does not list: ${codes.join(', ')}`;
  return new Error(message, { cause: error });
}
