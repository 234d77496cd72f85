import type { AdapterDeps } from '../../adapter.ts';

/** The real fetch, and a way to wait until an adapter has seen the headers of its next response. */
export function watchHeaders(): { deps: AdapterDeps; headersArrived: () => Promise<void> } {
  let arrival = Promise.withResolvers<void>();
  const watched: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    // After the adapter itself has seen them.
    setImmediate(() => arrival.resolve());
    return response;
  };
  const headersArrived = () => {
    arrival = Promise.withResolvers<void>();
    return arrival.promise;
  };
  return { deps: { fetch: watched }, headersArrived };
}
