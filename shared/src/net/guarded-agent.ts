import type { LookupFunction } from 'node:net';
import { Agent, buildConnector, Pool } from 'undici';
import type { AddressGuard } from './address-guard.ts';
import { PrivateAddressError } from './private-address-error.ts';

const unconnected = new WeakSet<Error>();

/** Whether a call of such an agent failed by this error before its connection stood, so that nothing was sent. */
export function isUnconnected(error: Error): boolean {
  return unconnected.has(error);
}

/**
 * A dispatcher whose connections go only where the guard lets them: the address that was checked is the one that is
 * connected to, so a name that leads elsewhere a moment later changes nothing. Connections are kept and used again.
 */
export function createGuardedAgent(guard: AddressGuard, options: Pool.Options = {}): Agent {
  return new Agent({
    ...options,
    allowH2: false,
    factory: (origin, given) =>
      new Pool(origin, { ...given, connect: createConnector(guard, new URL(origin)) } as Pool.Options),
  });
}

function createConnector(guard: AddressGuard, url: URL): buildConnector.connector {
  const lookup = createLookup(guard, url);
  const connect = buildConnector({ allowH2: false, lookup } as buildConnector.BuildOptions);
  return (options, callback) => {
    const answer: buildConnector.Callback = (...[error, socket]) => {
      if (error === null) return callback(null, socket);
      unconnected.add(error);
      callback(error, null);
    };
    // Nobody looks a literal address up.
    const refusal = guard.check(url.origin);
    if (refusal === null) connect(options, answer);
    else answer(new PrivateAddressError(`${url.host} ${refusal}`), null);
  };
}

function createLookup(guard: AddressGuard, url: URL): LookupFunction {
  return (hostname, options, callback) => {
    guard.lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '');
      const addresses = found.map(({ address }) => address);
      const refusal = guard.checkAddresses(url, addresses);
      if (refusal !== null) return callback(new PrivateAddressError(`${url.host} ${refusal}`), '');
      if (options.all) return callback(null, found);
      callback(null, found[0]?.address ?? '', found[0]?.family);
    });
  };
}
