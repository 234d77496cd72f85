import type { Store } from '@understudy/shared/store/connect';
import { findNextLane, type Lane } from '@understudy/shared/store/jobs/waiting-jobs';

/** The lanes in which jobs wait, as far as they are known. */
export interface Lanes {
  /**
   * Looks for more of them: a bounded number of steps, each from one lane to the next. With the last lane a turn ends, and
   * those are forgotten that it did not meet.
   */
  look(): Promise<void>;
  list(): Lane[];
  /** Forgets one that nobody waits in any more. */
  drop(lane: Lane): void;
}

/** Half a millisecond each. Where there are more lanes, the next looks go on behind them. */
const MAX_STEPS = 32;
/** Of these, so many begin at the top, where the most urgent are: one that is new there is found at once. */
const STEPS_FROM_TOP = 8;

const toKey = ({ priority, client, route }: Lane) => JSON.stringify([priority, client, route]);

export function createLanes(store: Store): Lanes {
  const known = new Map<string, Lane>();
  /** Those that this turn has met. */
  let met = new Set<string>();
  let last: Lane | null = null;

  /** @returns the lane where it stopped; null at the end. */
  async function walk(from: Lane | null, steps: number): Promise<Lane | null> {
    let lane = from;
    for (let step = 0; step < steps; step += 1) {
      lane = await findNextLane(store, lane);
      if (lane === null) return null;
      known.set(toKey(lane), lane);
      met.add(toKey(lane));
    }
    return lane;
  }

  /** One that filled again behind the walk is found by the next. */
  function endTurn() {
    for (const key of known.keys()) if (!met.has(key)) known.delete(key);
    met = new Set();
  }

  return {
    async look() {
      const top = await walk(null, STEPS_FROM_TOP);
      last = top && (await walk(last ?? top, MAX_STEPS - STEPS_FROM_TOP));
      if (last === null) endTurn();
    },
    list: () => [...known.values()],
    drop: (lane) => void known.delete(toKey(lane)),
  };
}
