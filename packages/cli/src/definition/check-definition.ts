/**
 * Whether a definition can be published. The server knows best: its actions, its credentials, the workflows that are called.
 * Without it the same compiler says all that the definition itself tells.
 */
import { compile } from '@cloudflow/core/definition/compile.ts';
import type { ActionCatalog, DefinitionIssue } from '@cloudflow/core/definition/plan.ts';
import { isJsonObject, type Json } from '@cloudflow/core/json.ts';
import { ConnectionError } from '@cloudflow/sdk/client/index.ts';
import type { Context } from '../program/context.ts';
import { clientOf } from '../server/client.ts';

type Issue = Pick<DefinitionIssue, 'code' | 'pointer' | 'message' | 'suggestion'>;
export type Verdict = {
  readonly valid: boolean;
  readonly errors: readonly Issue[];
  readonly warnings: readonly Issue[];
  readonly checkedBy: 'server' | 'compiler';
};
export type Checker = (document: Json) => Promise<Verdict>;

/** Asks the server, as long as there is one; says once when there is none. */
export function createChecker(context: Context, { local }: { readonly local: boolean }): Checker {
  let client = local || context.settings.apiKey === null ? undefined : clientOf(context);
  if (client === undefined && !local) saySo(context, `there is no key for ${context.settings.url.value}`);
  return async (document) => {
    if (client !== undefined && isJsonObject(document)) {
      try {
        return { ...(await client.workflows.validate(document, { retries: 0 })), checkedBy: 'server' };
      } catch (error) {
        if (!(error instanceof ConnectionError)) throw error;
        client = undefined;
        saySo(context, `the server at ${context.settings.url.value} cannot be reached`);
      }
    }
    return compileAlone(document);
  };
}

function saySo({ messages }: Context, why: string): void {
  messages.say(
    `Checked without a server: ${why}. The config of actions, credentials and called workflows are not checked.`,
  );
}

export function compileAlone(document: Json): Verdict {
  const result = compile(document, everyAction);
  const errors = 'errors' in result ? result.errors : [];
  return { valid: errors.length === 0, errors, warnings: result.warnings, checkedBy: 'compiler' };
}

/** Which actions there are only a server knows: without one every type that is no control type is taken for an action. */
const everyAction: ActionCatalog = {
  find: (type) => ({ type, configSchema: {}, defaultTimeoutMs: 30_000 }),
  types: () => [],
};
