/**
 * Permissions: `<thing>:<deed>`, such as `workflow:read`. What somebody holds may have a wildcard in place of either part
 * (`workflow:*`, `*:read`) or of both (`*`); what is needed never has one.
 */

/** True when one of the grants covers the permission that is needed. */
export function permits(grants: readonly string[], needed: string): boolean {
  for (const grant of grants) if (grant === '*' || grant === needed || covers(grant, needed)) return true;
  return false;
}

function covers(grant: string, needed: string): boolean {
  if (!grant.includes('*')) return false;
  const [thing, deed] = split(grant);
  const [neededThing, neededDeed] = split(needed);
  return (thing === '*' || thing === neededThing) && (deed === '*' || deed === neededDeed);
}

function split(permission: string): [string, string] {
  const colon = permission.indexOf(':');
  return [permission.slice(0, colon), permission.slice(colon + 1)];
}
