import ipaddr from 'ipaddr.js';

/**
 * What an address is counted by: an IPv4 address itself, of an IPv6 address its /64, which one subscriber has to choose
 * from. Takes what proxies write, also with a port; all that is no address is one block.
 */
export function toAddressBlock(address: string): string {
  const [, bracketed] = /^\[([^\]]+)\](?::\d+)?$/.exec(address) ?? [];
  const [, dotted] = /^([\d.]+):\d+$/.exec(address) ?? [];
  const bare = bracketed ?? dotted ?? address;
  if (bare.length > 64 || !ipaddr.isValid(bare)) return 'unknown';
  const parsed = ipaddr.process(bare);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const [withoutZone] = parsed.toNormalizedString().split('%', 1);
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${withoutZone}/64`)}/64`;
}
