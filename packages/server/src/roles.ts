/** The roles a process can have, as data. By default it has all of them. */
export const roles = {
  gateway: 'answers HTTP: the API, its documentation, health and metrics',
  engine: 'owns shards of executions and drives them',
} as const;

export type RoleName = keyof typeof roles;

export const roleNames = Object.keys(roles) as RoleName[];

/** The roles that the configured words mean; `all` is every one. */
export function resolveRoles(words: readonly (RoleName | 'all')[]): ReadonlySet<RoleName> {
  return new Set(words.length === 0 || words.includes('all') ? roleNames : (words as readonly RoleName[]));
}
