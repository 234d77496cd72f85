import { lookup as systemLookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import { callbackify } from 'node:util';
import { inTime } from '../runtime/in-time.ts';
import type { Lookup } from './address-guard.ts';
import { askNameServers, type AskNameServers } from './ask-name-servers.ts';
import { safeParsePrivateHost } from './private-hosts.ts';

interface UntrustedLookupOptions {
  /** Entries of UNDERSTUDY_PRIVATE_HOSTS: a name that the operator gave goes to the system at once. */
  privateHosts: readonly string[];
  lookup?: Lookup | undefined;
  ask?: AskNameServers | undefined;
}

/** A name whose turn has not come by then, or takes longer, is what the name servers said it is. */
const TURN_MS = 4_000;

/**
 * Looks up names that clients chose, so that one which nobody answers for holds up no other. The system's look-up, which
 * knows `/etc/hosts`, blocks one of two threads for as long as a name server is silent. So it gets only names that name
 * servers were seen to answer for, one at a time; all else waits without a thread.
 */
export function createUntrustedLookup(options: UntrustedLookupOptions): Lookup {
  const { privateHosts, lookup = systemLookup, ask = (name) => askNameServers(name) } = options;
  const named = new Set(
    privateHosts.map(safeParsePrivateHost).flatMap((host) => (host?.kind === 'name' ? [host.name] : [])),
  );
  const pending = new Map<string, Promise<LookupAddress[]>>();
  let lastTurn: Promise<unknown> = Promise.resolve();

  async function shareLookup(hostname: string, how: LookupAllOptions): Promise<LookupAddress[]> {
    const found = pending.get(hostname) ?? resolveName(hostname, how).finally(() => pending.delete(hostname));
    pending.set(hostname, found);
    return await found;
  }

  async function resolveName(hostname: string, how: LookupAllOptions): Promise<LookupAddress[]> {
    if (named.has(hostname)) return await lookUpAll(lookup, hostname, how);
    const { addresses, isComplete } = await ask(hostname);
    if (isComplete) return await lookUpInTurn(hostname, how, addresses);
    if (addresses.length === 0) throw toTimeoutError(hostname);
    return addresses;
  }

  async function lookUpInTurn(hostname: string, how: LookupAllOptions, known: LookupAddress[]) {
    let isAwaited = true;
    const late = toTimeoutError(hostname);
    const found = lastTurn.then(() => (isAwaited ? lookUpAll(lookup, hostname, how) : []));
    lastTurn = Promise.allSettled([found]);
    try {
      return await inTime(found, TURN_MS, () => late);
    } catch (error) {
      if (error !== late || known.length === 0) throw error;
      return known;
    } finally {
      isAwaited = false;
    }
  }

  return callbackify(shareLookup);
}

function lookUpAll(lookup: Lookup, hostname: string, how: LookupAllOptions): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookup(hostname, how, (error, found) => (error ? reject(error) : resolve(found)));
  });
}

/** By the code that the system's look-up gives in the end. */
function toTimeoutError(hostname: string): Error {
  return Object.assign(new Error(`no name server answered for ${hostname} in time`), { code: 'EAI_AGAIN' });
}
