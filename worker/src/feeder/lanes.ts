import type { Store } from '@understudy/shared/store/connect';
import { findNextLane, type Lane } from '@understudy/shared/store/jobs/waiting-jobs';

/** The lines in which jobs wait, as far as they are known. */
export interface Lanes {
  /** Looks for more of them: a bounded number of steps, each from one line to the next. */
  look(): Promise<void>;
  list(): Lane[];
  /** Forgets one that nobody waits in any more. */
  drop(lane: Lane): void;
}

/** Half a millisecond each. Where there are more lines, the next looks go on from here. */
const STEPS_AT_MOST = 32;

const toKey = ({ priority, client, route }: Lane) => JSON.stringify([priority, client, route]);

export function createLanes(store: Store): Lanes {
  const known = new Map<string, Lane>();
  let last: Lane | null = null;
  return {
    async look() {
      for (let step = 0; step < STEPS_AT_MOST; step += 1) {
        last = await findNextLane(store, last);
        if (last === null) return;
        known.set(toKey(last), last);
      }
    },
    list: () => [...known.values()],
    drop: (lane) => void known.delete(toKey(lane)),
  };
}
