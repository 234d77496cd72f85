import type { Connection, mongo } from 'mongoose';

/** What a process knows of its ledger's absence: the driver looks for it every second, nobody else has to. */
export interface Outage {
  isAway(): boolean;
  /** Resolves when the ledger can be reached, at once where it can be, or when `signal` aborts. */
  untilOver(signal: AbortSignal): Promise<void>;
  /** For how many milliseconds it has been there without a break; `Infinity` where it was never away. */
  steadyMs(): number;
  /** Calls back at the beginning and at the end of every absence. */
  onChange(tell: (isAway: boolean) => void): void;
}

/**
 * Follows the driver's own picture of the ledger. Mongoose's `readyState` also falls back where this process was
 * frozen for a while, and no event tells that it is good again.
 */
export function createOutage(connection: Connection): Outage {
  const listeners = new Set<(isAway: boolean) => void>();
  let isAway = false;
  let backAt = Number.NEGATIVE_INFINITY;

  connection.getClient().on('topologyDescriptionChanged', ({ newDescription }) => {
    const isAwayNow = !takesWrites(newDescription);
    if (isAwayNow === isAway) return;
    isAway = isAwayNow;
    if (!isAway) backAt = performance.now();
    for (const tell of listeners) tell(isAway);
  });

  return {
    isAway: () => isAway,
    async untilOver(signal) {
      if (!isAway || signal.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const end = () => resolve();
      listeners.add(end);
      signal.addEventListener('abort', end);
      await promise;
      listeners.delete(end);
      signal.removeEventListener('abort', end);
    },
    steadyMs: () => (isAway ? 0 : performance.now() - backAt),
    onChange: (tell) => void listeners.add(tell),
  };
}

function takesWrites({ type, servers }: mongo.TopologyDescription): boolean {
  if (type === 'ReplicaSetWithPrimary') return true;
  if (type === 'ReplicaSetNoPrimary' || type === 'Unknown') return false;
  return [...servers.values()].some((server) => server.type !== 'Unknown');
}
