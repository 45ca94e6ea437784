/** To which hosts a credential may be sent: `api.example.com`, `*.example.com` (not example.com itself), either with a port. */

const label = '[a-z0-9]([a-z0-9-]*[a-z0-9])?';
export const hostPattern = `^((\\*\\.)?${label}(\\.${label})*|\\[[0-9a-f:.]+\\])(:[0-9]{1,5})?$`;

/** `patterns` as checked when they were saved; null: anywhere. */
export function mayBeSentTo(patterns: readonly string[] | null, url: URL): boolean {
  return patterns === null || patterns.some((pattern) => matches(pattern, url));
}

function matches(pattern: string, { hostname, port, protocol }: URL): boolean {
  const [, wanted = '', wantedPort] = /^(.*?)(?::(\d+))?$/.exec(pattern) ?? [];
  const name = pattern.startsWith('[') ? pattern.slice(0, pattern.indexOf(']') + 1) : wanted;
  const portOfPattern = pattern.startsWith('[') ? pattern.slice(name.length + 1) || undefined : wantedPort;
  const actual = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  if (portOfPattern !== undefined && portOfPattern !== actual) return false;
  // A name may end with a dot, and means the same.
  const host = hostname.toLowerCase().replace(/\.$/, '');
  return name.startsWith('*.') ? host.length > name.length - 1 && host.endsWith(name.slice(1)) : host === name;
}
