/** The exceptions to the egress guard, `CLOUDFLOW_EGRESS_ALLOW`: hosts, addresses and CIDRs, each with or without a port. */
import ipaddr from 'ipaddr.js';
import { type IpAddress, parseAddress } from './address.ts';

export type AllowList = {
  /** `host` is a name or an address as the URL has it; `address` is the one that would be connected to. */
  allows(target: { readonly host: string; readonly address: IpAddress; readonly port: number }): boolean;
};

type Rule = { readonly matches: (host: string, address: IpAddress) => boolean; readonly port: number | null };

/** Throws with the entry that is wrong and what is expected. A host that is allowed is allowed at any address it has. */
export function parseAllowList(entries: readonly string[]): AllowList {
  const rules = entries.map(parseEntry);
  return {
    allows: ({ host, address, port }) =>
      rules.some((rule) => (rule.port === null || rule.port === port) && rule.matches(host, address)),
  };
}

function parseEntry(entry: string): Rule {
  const text = entry.trim().toLowerCase();
  const rule = text.includes('/') ? parseRange(text) : parseHostAndPort(text);
  if (rule) return rule;
  throw new Error(
    `CLOUDFLOW_EGRESS_ALLOW: expected a host, a CIDR or host:port, such as 10.0.0.0/8 or db.internal:5432, but got "${entry}"`,
  );
}

function parseRange(text: string): Rule | undefined {
  const slash = text.lastIndexOf('/');
  const base = parseAddress(text.slice(0, slash).replace(/^\[|\]$/g, ''));
  const bits = /^\d{1,3}$/.test(text.slice(slash + 1)) ? Number(text.slice(slash + 1)) : -1;
  if (!base || bits < 0 || bits > (base.kind() === 'ipv4' ? 32 : 128)) return undefined;
  return { matches: (_host, address) => within(address, base, bits), port: null };
}

function parseHostAndPort(text: string): Rule | undefined {
  const bare = parseAddress(text);
  if (bare) return addressRule(bare, null);
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:[\]]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? null : Number(match[3]);
  if (!host || port === 0 || (port !== null && port > 65_535)) return undefined;
  const address = parseAddress(host);
  return address ? addressRule(address, port) : nameRule(host, port);
}

function addressRule(allowed: IpAddress, port: number | null): Rule {
  const bits = allowed.kind() === 'ipv4' ? 32 : 128;
  return { matches: (_host, address) => within(address, allowed, bits), port };
}

function nameRule(name: string, port: number | null): Rule | undefined {
  // The URL parser has the last word on what a host is, so that both sides read it alike (`127.1`, full-width dots).
  const parsed = URL.parse(`http://${name}/`)?.hostname;
  if (!parsed || parsed !== name || !/^[a-z0-9_.-]+$/.test(name) || parseAddress(parsed)) return undefined;
  const bare = withoutFinalDot(name);
  return { matches: (host) => withoutFinalDot(host) === bare, port };
}

function within(address: IpAddress, base: IpAddress, bits: number): boolean {
  if (address instanceof ipaddr.IPv4) return base instanceof ipaddr.IPv4 && address.match(base, bits);
  return base instanceof ipaddr.IPv6 && address.match(base, bits);
}

function withoutFinalDot(host: string): string {
  return host.endsWith('.') ? host.slice(0, -1) : host;
}
