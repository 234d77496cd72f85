import { lookup as systemLookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import { callbackify } from 'node:util';
import { inTime } from '../runtime/in-time.ts';
import type { Lookup } from './address-guard.ts';
import { askNameServers, type AskNameServers } from './ask-name-servers.ts';
import { safeParsePrivateHost } from './private-hosts.ts';

interface ClientLookupOptions {
  /** Entries of UNDERSTUDY_PRIVATE_HOSTS: a name that the operator gave is looked up without being asked for first. */
  privateHosts: readonly string[];
  lookup?: Lookup | undefined;
  ask?: AskNameServers | undefined;
}

/** A name whose turn has not come by then, or takes longer, is what the name servers said it is. */
const TURN_MS = 4_000;

/**
 * Looks up names that clients chose, so that one which nobody answers for holds up no other name. The system's look-up
 * knows what this machine calls things (`/etc/hosts`), but it blocks a thread for as long as a name server is silent,
 * cannot be called off, and runs at most twice at once in a process; providers and stores are found by it, too. So it
 * gets only names that name servers were seen to answer for, one at a time; all else waits without a thread.
 */
export function createClientLookup(options: ClientLookupOptions): Lookup {
  const { privateHosts, lookup = systemLookup, ask = (name) => askNameServers(name) } = options;
  const named = new Set(
    privateHosts.map(safeParsePrivateHost).map((host) => host?.kind === 'name' && host.name),
  );
  const pending = new Map<string, Promise<LookupAddress[]>>();
  let lastTurn: Promise<unknown> = Promise.resolve();

  async function findOnce(hostname: string, how: LookupAllOptions): Promise<LookupAddress[]> {
    const found = pending.get(hostname) ?? find(hostname, how).finally(() => pending.delete(hostname));
    pending.set(hostname, found);
    return await found;
  }

  async function find(hostname: string, how: LookupAllOptions): Promise<LookupAddress[]> {
    if (named.has(hostname)) return await findInTurn(hostname, how, []);
    const { addresses, isWhole } = await ask(hostname);
    if (isWhole) return await findInTurn(hostname, how, addresses);
    if (addresses.length === 0) throw toSilence(hostname);
    return addresses;
  }

  async function findInTurn(hostname: string, how: LookupAllOptions, known: LookupAddress[]) {
    let isAwaited = true;
    const late = toSilence(hostname);
    const found = lastTurn.then(() => (isAwaited ? promiseOf(lookup, hostname, how) : []));
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

  return callbackify(findOnce);
}

function promiseOf(lookup: Lookup, hostname: string, how: LookupAllOptions): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookup(hostname, how, (error, found) => (error ? reject(error) : resolve(found)));
  });
}

/** By the code that the system's look-up gives in the end. */
function toSilence(hostname: string): Error {
  return Object.assign(new Error(`no name server answered for ${hostname} in time`), { code: 'EAI_AGAIN' });
}
