import ipaddr from 'ipaddr.js';

type Address = ReturnType<typeof ipaddr.parse>;

const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');
/** Under this one of the internet's addresses Azure's own host answers to every machine in it. */
const AZURE_HOST = '168.63.129.16';
/** RFC 6052 §2.1: the one prefix of NAT64 that leads to the internet. */
const NAT64 = ipaddr.parseCIDR('64:ff9b::/96');

/** An address as `parse` reads it; an IPv4 address in IPv6's clothes (RFC 4291 §2.5.5.2) as what it is. */
export function toAddress(text: string): Address | null {
  return ipaddr.isValid(text) ? ipaddr.process(text) : null;
}

/**
 * Whether an address is one of the internet: global unicast, and of no range for special use (IANA's registries of
 * special-purpose addresses, RFC 6890). One that carries an IPv4 address to a gateway is as public as that one.
 */
export function isPublicAddress(address: Address): boolean {
  if (address instanceof ipaddr.IPv4) {
    return address.range() === 'unicast' && address.toString() !== AZURE_HOST;
  }
  if (!(address instanceof ipaddr.IPv6)) return false;
  const bytes = address.toByteArray();
  if (address.match(NAT64)) return isPublicAddress(new ipaddr.IPv4(bytes.slice(12)));
  if (address.range() === '6to4') return isPublicAddress(new ipaddr.IPv4(bytes.slice(2, 6)));
  return address.range() === 'unicast' && address.match(GLOBAL_UNICAST) && !isIsatap(bytes);
}

/** An interface that is an IPv4 address behind a router of the site (RFC 5214 §6.1). */
function isIsatap(bytes: readonly number[]): boolean {
  const [first = 0, ...rest] = bytes.slice(8, 12);
  return (first & 0xfd) === 0 && rest.join() === '0,94,254';
}
