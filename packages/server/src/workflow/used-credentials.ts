/** The credentials that a definition names: saving warns of those that do not exist, since they may be made later. */
import type { DefinitionIssue, Plan } from '@cloudflow/core/definition/plan.ts';
import { closest } from '@cloudflow/core/text/suggest.ts';

/** What is asked of the credential service. */
export type KnowsCredentials = {
  missing(tenantId: string, names: readonly string[]): Promise<readonly string[]>;
  names(tenantId: string): Promise<readonly string[]>;
};

const mostIssues = 100;

export async function unknownCredentials(
  credentials: KnowsCredentials,
  tenantId: string,
  { credentials: uses }: Plan,
): Promise<readonly DefinitionIssue[]> {
  if (uses.length === 0) return [];
  const missing = new Set(
    await credentials.missing(
      tenantId,
      uses.map(({ name }) => name),
    ),
  );
  if (missing.size === 0) return [];
  const names = await credentials.names(tenantId);
  return uses
    .filter(({ name }) => missing.has(name))
    .slice(0, mostIssues)
    .map(({ name, pointer }) => {
      const meant = closest(name, names);
      const message = `there is no credential \`${name}\`: the step fails until there is one`;
      return { code: 'unknown_credential', pointer, message, ...(meant === undefined ? {} : { suggestion: meant }) };
    });
}
