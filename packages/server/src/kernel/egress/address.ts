/** Which IP addresses belong to the public internet, and what the others are. */
import ipaddr from 'ipaddr.js';

export type IpAddress = ipaddr.IPv4 | ipaddr.IPv6;

/** Public by their number, but answered by the cloud the process runs in, with its credentials. */
const metadataAddresses = new Set(['168.63.129.16']);
/** All of IPv6 that is handed out as global unicast; the rest is reserved, or carries an IPv4 address inside. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/** An address as sockets and resolvers write it; an IPv4 address mapped into IPv6 is the IPv4 address. */
export function parseAddress(text: string): IpAddress | undefined {
  return isAddress(text) ? ipaddr.process(text) : undefined;
}

/** Undefined for public unicast; else what kind of address it is, in words. */
export function privateKind(address: IpAddress): string | undefined {
  if (metadataAddresses.has(address.toString())) return 'metadata service';
  const range = address.range();
  if (range !== 'unicast') return words[range] ?? range;
  if (address instanceof ipaddr.IPv6 && !address.match(globalUnicast)) return 'reserved';
  return undefined;
}

const words: Readonly<Record<string, string>> = {
  linkLocal: 'link-local',
  carrierGradeNat: 'carrier-grade NAT',
  uniqueLocal: 'private',
  ipv4Mapped: 'mapped IPv4',
  rfc6145: 'translated IPv4',
  rfc6052: 'NAT64',
};

/** Only the forms that cannot be misread: four decimal parts, or IPv6 without a zone. */
function isAddress(text: string): boolean {
  return (
    ipaddr.IPv4.isValidFourPartDecimal(text) || (text.includes(':') && !text.includes('%') && ipaddr.IPv6.isValid(text))
  );
}
