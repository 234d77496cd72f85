import { lookup as systemLookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import { BLOCKED_PORTS } from './blocked-ports.ts';
import { isPublicAddress, toAddress } from './is-public-address.ts';
import { safeParsePrivateHost, toHost, type PrivateHost } from './private-hosts.ts';

/** Resolves a name to all its addresses, as `dns.lookup` does. */
export type Lookup = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Says which addresses that an operator or a client gave may be called, before and while a connection is made. */
export interface AddressGuard {
  readonly lookup: Lookup;
  /** Why this address must not be called, as far as it shows without asking anybody; null where nothing is wrong. */
  check(address: string): string | null;
  /** The same, and where its name leads to now. A name that cannot be resolved now is for the call to find out. */
  checkResolved(address: string): Promise<string | null>;
  /** Why a name must not be called at this port, given where it led to; null where every address may be. */
  checkAddresses(url: URL, addresses: readonly string[]): string | null;
}

interface GuardOptions {
  /** Entries of UNDERSTUDY_PRIVATE_HOSTS. */
  privateHosts: readonly string[];
  lookup?: Lookup | undefined;
}

/** Whoever saves an address waits no longer than this for a name server. */
const RESOLVE_MS = 1_000;
/** No contract lets a longer address through. */
const MAX_CHARACTERS = 2_000;
const HOW_TO_OPEN = 'name it in UNDERSTUDY_PRIVATE_HOSTS to allow it';

/** Lets through what is on the internet, and what is private and named. */
export function createAddressGuard({ privateHosts, lookup = systemLookup }: GuardOptions): AddressGuard {
  const open = privateHosts.flatMap((entry) => safeParsePrivateHost(entry) ?? []);
  const isNamed = (url: URL) =>
    open.some((entry) => entry.kind === 'name' && entry.name === toHost(url) && isAt(entry, url));
  const mayReach = (url: URL, text: string) => {
    const address = toAddress(text);
    return (
      address !== null &&
      (isPublicAddress(address) || open.some((entry) => covers(entry, address) && isAt(entry, url)))
    );
  };

  function check(given: string): string | null {
    if (given.length > MAX_CHARACTERS) return `must have at most ${MAX_CHARACTERS} characters`;
    const url = URL.parse(given);
    if (!url || !/^https?:$/.test(url.protocol)) return 'must be an http or https address';
    if (url.username || url.password) return 'must not have a user or a password in it';
    const port = toPort(url);
    if (BLOCKED_PORTS.has(port)) return `is at port ${port}, which is not called: it is of another protocol`;
    const host = toHost(url);
    if (toAddress(host)) return mayReach(url, host) ? null : `is a private address: ${HOW_TO_OPEN}`;
    if (isNamed(url) || !/(^|\.)localhost$/.test(host)) return null;
    return `is the name of this machine: ${HOW_TO_OPEN}`;
  }

  function checkAddresses(url: URL, addresses: readonly string[]): string | null {
    if (isNamed(url) || addresses.every((address) => mayReach(url, address))) return null;
    return `leads to a private address: ${HOW_TO_OPEN}`;
  }

  return {
    lookup,
    check,
    checkAddresses,
    async checkResolved(given) {
      const refusal = check(given);
      if (refusal !== null) return refusal;
      const url = new URL(given);
      if (toAddress(toHost(url)) || isNamed(url)) return null;
      return checkAddresses(url, await resolve(lookup, toHost(url)));
    },
  };
}

/** Where a name leads to; nowhere where that cannot be told in time. */
function resolve(lookup: Lookup, host: string): Promise<string[]> {
  return new Promise((done) => {
    const timer = setTimeout(() => done([]), RESOLVE_MS);
    lookup(host, { all: true }, (error, found) => {
      clearTimeout(timer);
      done(error ? [] : found.map(({ address }) => address));
    });
  });
}

function covers(entry: PrivateHost, address: NonNullable<ReturnType<typeof toAddress>>): boolean {
  return entry.kind === 'range' && entry.range[0].kind() === address.kind() && address.match(...entry.range);
}

function isAt({ port }: PrivateHost, url: URL): boolean {
  return port === null || port === toPort(url);
}

function toPort({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}
