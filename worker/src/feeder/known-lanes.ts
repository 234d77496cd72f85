import type { Lane } from '@understudy/shared/store/jobs/waiting-jobs';
import { createClientLanes, type ClientLanes } from './client-lanes.ts';

/** What is known of the lanes of all clients. */
export interface KnownLanes {
  /** Notes that somebody waits there. */
  meet(lane: Lane): void;
  /** Those of the same client at the same priority. */
  of(lane: Lane): ClientLanes;
  /**
   * Notes that a turn has come by all clients: who was not met has nobody waiting any more. A whole one has also come by
   * all lanes of those that it met.
   */
  endTurn(options: { isWhole: boolean }): void;
  list(): Lane[];
  /** Those that the last turn over them did not meet. */
  listUnmet(): Lane[];
  drop(lane: Lane): void;
}

const toKey = ({ priority, client }: Lane) => JSON.stringify([priority, client]);

export function createKnownLanes(): KnownLanes {
  const clients = new Map<string, ClientLanes>();
  /** Whom this turn has met. */
  const visited = new Set<string>();
  const all = () => [...clients.values()];

  function of(lane: Lane): ClientLanes {
    const key = toKey(lane);
    const client = clients.get(key) ?? createClientLanes();
    clients.set(key, client);
    return client;
  }

  return {
    of,
    meet(lane) {
      of(lane).meet(lane);
      visited.add(toKey(lane));
    },
    endTurn({ isWhole }) {
      for (const [key, client] of clients) {
        const isMet = visited.has(key);
        if (isWhole || !isMet) client.leave(null);
        if (!isMet && client.list().length === 0) clients.delete(key);
      }
      visited.clear();
    },
    list: () => all().flatMap((client) => client.list()),
    listUnmet: () => all().flatMap((client) => client.listUnmet()),
    drop: (lane) => clients.get(toKey(lane))?.drop(lane),
  };
}
