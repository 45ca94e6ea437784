/** What is wrong with a document, in the world of a tenant: what the compiler says, and what it cannot know. */
import { compile } from '@cloudflow/core/definition/compile.ts';
import type { ActionCatalog, CompileResult, DefinitionIssue, Plan } from '@cloudflow/core/definition/plan.ts';
import type { JsonObject } from '@cloudflow/core/json.ts';
import { problem } from '../kernel/errors/problem.ts';
import { checkCalls } from './called-workflows.ts';
import type { Reader } from './store.ts';
import { type KnowsCredentials, unknownCredentials } from './used-credentials.ts';
import { type KnowsOperations, unknownOperations } from './used-operations.ts';

export type CheckDeps = {
  /** The types that a tenant can use. */
  readonly catalogOf: (tenantId: string) => Promise<ActionCatalog>;
  readonly credentials: KnowsCredentials;
  readonly operations: KnowsOperations;
  readonly reader: (tenantId: string) => Reader;
};

export type Verdict = {
  /** It can be published. */
  readonly valid: boolean;
  readonly errors: readonly DefinitionIssue[];
  readonly warnings: readonly DefinitionIssue[];
};

type Compiled = { readonly plan: Plan; readonly warnings: readonly DefinitionIssue[] };

export type Checks = ReturnType<typeof createChecks>;

export function createChecks({ catalogOf, credentials, operations, reader }: CheckDeps) {
  async function warningsOf(tenantId: string, result: CompileResult): Promise<readonly DefinitionIssue[]> {
    if (!('plan' in result)) return result.warnings;
    return [
      ...result.warnings,
      ...(await unknownCredentials(credentials, tenantId, result.plan)),
      ...(await unknownOperations(operations, tenantId, result.plan)),
    ];
  }

  return {
    /** What publishing would say; `slug` when it is to be published under this name. */
    async verdict(tenantId: string, document: JsonObject, slug?: string): Promise<Verdict> {
      const result = compile(document, await catalogOf(tenantId));
      const misnamed = slug === undefined ? [] : misnamedAs(document, slug);
      const found = 'plan' in result ? await checkCalls(reader(tenantId), tenantId, result.plan) : result.errors;
      const errors = [...misnamed, ...found];
      return { valid: errors.length === 0, errors, warnings: await warningsOf(tenantId, result) };
    },

    /** Throws `invalid_definition`. Without what only the database knows. */
    compiled(actions: ActionCatalog, document: JsonObject, slug?: string): Compiled {
      const result = compile(document, actions);
      const misnamed = slug === undefined ? [] : misnamedAs(document, slug);
      const errors = 'plan' in result ? misnamed : [...misnamed, ...result.errors];
      if ('plan' in result && errors.length === 0) return result;
      const count = errors.length;
      throw problem('invalid_definition', {
        detail: `The definition has ${count} ${count === 1 ? 'error' : 'errors'}; the first: ${errors[0]?.message}`,
        errors,
      });
    },

    warningsOf,
  };
}

function misnamedAs({ workflow_id: named }: JsonObject, slug: string): readonly DefinitionIssue[] {
  // What is no name at all is told by the schema.
  if (typeof named !== 'string' || named === slug) return [];
  const message = `The path names ${slug}, the definition ${named}. The name of a workflow does not change.`;
  return [{ pointer: '/workflow_id', code: 'workflow_id_mismatch', message, suggestion: slug }];
}
