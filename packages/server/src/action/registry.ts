/** The registry: every action this process can run, by type, as the compiler, the palette and the runner see it. */
import type { ActionCatalog, ActionShape } from '@cloudflow/core/definition/plan.ts';
import type { Json } from '@cloudflow/core/json.ts';
import type { Action } from '@cloudflow/sdk/action.ts';
import { Compile } from 'typebox/compile';

/** What is wrong with a config, without a word of its values: they may be secrets. */
export type ConfigProblem = { readonly pointer: string; readonly message: string };

export type RegisteredAction = ActionShape & {
  readonly action: Action;
  /** Empty when the config, with its expressions evaluated, fits. */
  checkConfig(config: Json): readonly ConfigProblem[];
};

export type ActionRegistry = Omit<ActionCatalog, 'find'> & {
  find(type: string): RegisteredAction | undefined;
  /** In the order of their types. */
  all(): readonly RegisteredAction[];
};

export function createActionRegistry(actions: readonly Action[]): ActionRegistry {
  const byType = new Map<string, RegisteredAction>();
  for (const action of actions) {
    if (byType.has(action.type)) throw new Error(`two actions have the type ${action.type}`);
    byType.set(action.type, register(action));
  }
  const types = [...byType.keys()].sort();
  const sorted = types.flatMap((type) => byType.get(type) ?? []);
  return { find: (type) => byType.get(type), types: () => types, all: () => sorted };
}

function register(action: Action): RegisteredAction {
  // Compiled at the first use: a process that only serves the API runs no action.
  let compiled: ReturnType<typeof Compile> | undefined;
  return {
    type: action.type,
    configSchema: JSON.parse(JSON.stringify(action.config)) as Json,
    defaultTimeoutMs: action.defaultTimeoutMs,
    registered: action.registered ?? false,
    action,
    checkConfig(config) {
      compiled ??= Compile(action.config);
      return compiled.Check(config) ? [] : problemsOf(compiled.Errors(config));
    },
  };
}

type SchemaError = ReturnType<ReturnType<typeof Compile>['Errors']>[number];

const maxProblems = 10;

function problemsOf(errors: readonly SchemaError[]): ConfigProblem[] {
  const problems = new Map<string, ConfigProblem>();
  for (const error of errors.flatMap(atItsPlace)) {
    if (!problems.has(error.pointer)) problems.set(error.pointer, error);
  }
  return [...problems.values()].slice(0, maxProblems);
}

/** A missing or unknown field is reported where it stands or would stand. */
function atItsPlace(error: SchemaError): ConfigProblem[] {
  const under = (names: readonly string[], message: string): ConfigProblem[] =>
    names.map((name) => ({ pointer: `${error.instancePath}/${escapePointer(name)}`, message }));
  if (error.keyword === 'required') return under(error.params.requiredProperties, 'is required');
  if (error.keyword === 'additionalProperties') return under(error.params.additionalProperties, 'is not known');
  // The general error of the object says the same with a pointer that helps nobody.
  if (error.keyword === 'boolean') return [];
  return [{ pointer: error.instancePath, message: error.message }];
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
