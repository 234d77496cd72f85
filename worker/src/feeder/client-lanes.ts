import type { Lane } from '@understudy/shared/store/jobs/waiting-jobs';

/** What is known of the lanes of one client at one priority. */
export interface ClientLanes {
  /** Notes that somebody waits there. */
  meet(lane: Lane): void;
  /** Ends a visit: the next one goes on behind this lane; null where this one came by the last, and all were met. */
  leave(behind: Lane | null): void;
  /** Where the next visit goes on; null where it begins anew. */
  behind(): Lane | null;
  list(): Lane[];
  /** Those that the last turn over all of them did not meet. */
  listUnmet(): Lane[];
  drop(lane: Lane): void;
}

/** Clients can make any number of lanes; a round looks at each one that is known, and may read it. */
export const MAX_KNOWN = 16;

export function createClientLanes(): ClientLanes {
  /** By route, latest met last. */
  const known = new Map<string, { lane: Lane; metIn: number }>();
  let turn = 0;
  let goesOnBehind: Lane | null = null;
  const list = () => [...known.values()];
  return {
    meet(lane) {
      known.delete(lane.route);
      known.set(lane.route, { lane, metIn: turn });
      const [stalest = ''] = known.keys();
      if (known.size > MAX_KNOWN) known.delete(stalest);
    },
    leave(behind) {
      goesOnBehind = behind;
      if (behind === null) turn += 1;
    },
    behind: () => goesOnBehind,
    list: () => list().map(({ lane }) => lane),
    listUnmet: () => list().flatMap(({ lane, metIn }) => (metIn < turn - 1 ? [lane] : [])),
    drop: ({ route }) => void known.delete(route),
  };
}
