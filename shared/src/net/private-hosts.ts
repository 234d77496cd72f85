import ipaddr from 'ipaddr.js';
import { toAddress } from './is-public-address.ts';

type Address = NonNullable<ReturnType<typeof toAddress>>;

/** One entry of UNDERSTUDY_PRIVATE_HOSTS; it opens what it names and nothing else. `port` null means any. */
export type PrivateHost =
  | { kind: 'name'; name: string; port: number | null }
  | { kind: 'range'; range: [Address, number]; port: number | null };

/** `host`, `host:port`, `[v6]:port` or a range such as `10.0.0.0/8`; null where it is none of them. */
export function safeParsePrivateHost(entry: string): PrivateHost | null {
  if (entry.includes('/')) {
    if (!ipaddr.isValidCIDR(entry)) return null;
    return { kind: 'range', range: ipaddr.parseCIDR(entry), port: null };
  }
  const bare = toAddress(entry);
  if (bare) return toRange(bare, null);
  const [, host, digits] = /^(\[[^[\]]+\]|[^:[\]@?#\s]+)(?::(\d{1,5}))?$/.exec(entry) ?? [];
  const url = host === undefined ? null : URL.parse(`http://${host}`);
  const port = digits === undefined ? null : Number(digits);
  if (!url || (port !== null && (port < 1 || port > 65_535))) return null;
  const name = toHost(url);
  const address = toAddress(name);
  return address ? toRange(address, port) : { kind: 'name', name, port };
}

/** The host of an address as names are compared: lower case, without brackets and without the root's dot, however often. */
export function toHost({ hostname }: URL): string {
  let end = hostname.length;
  while (hostname[end - 1] === '.') end -= 1;
  return hostname.slice(0, end).replace(/^\[|\]$/g, '');
}

function toRange(address: Address, port: number | null): PrivateHost {
  return { kind: 'range', range: [address, address.kind() === 'ipv4' ? 32 : 128], port };
}
