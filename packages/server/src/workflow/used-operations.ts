/** The registered operations that a definition runs: saving warns of those that do not exist, since they may be registered later. */
import type { DefinitionIssue, Plan } from '@cloudflow/core/definition/plan.ts';

/** What is asked of the registry. */
export type KnowsOperations = {
  missing(tenantId: string, names: readonly string[]): Promise<readonly string[]>;
};

const mostIssues = 100;

export async function unknownOperations(
  operations: KnowsOperations,
  tenantId: string,
  { operations: uses }: Plan,
): Promise<readonly DefinitionIssue[]> {
  if (uses.length === 0) return [];
  const names = uses.map(({ name }) => name);
  const missing = new Set(await operations.missing(tenantId, names));
  const unknown = uses.filter(({ name }) => missing.has(name)).slice(0, mostIssues);
  return unknown.map(({ name, pointer }) => ({
    code: 'unknown_operation',
    pointer,
    message: `no operation is registered under \`${name}\`: the step, which has no \`config\`, fails until there is one`,
  }));
}
