/** The types that a definition of a tenant may use: those of the server, and the tenant's own. */
import type { ActionCatalog, ActionShape } from '@cloudflow/core/definition/plan.ts';

/** The tenant's own. */
export type OwnActions = (tenantId: string) => Promise<readonly ActionShape[]>;

export const noOwn: OwnActions = async () => [];

/** What the server has is found first: nobody takes its name. */
export function catalogWith(builtIn: ActionCatalog, own: readonly ActionShape[]): ActionCatalog {
  if (own.length === 0) return builtIn;
  const byType = new Map(own.map((shape) => [shape.type, shape]));
  return {
    find: (type) => builtIn.find(type) ?? byType.get(type),
    types: () => [...builtIn.types(), ...byType.keys()],
  };
}

/** For a definition that was saved before: it was checked then, against what was declared then. */
export function unchecked(own: readonly ActionShape[]): readonly ActionShape[] {
  return own.map((shape) => ({ ...shape, configSchema: true }));
}
