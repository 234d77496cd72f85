import type { Store } from '@understudy/shared/store/connect';
import { findNextLane, type Lane } from '@understudy/shared/store/jobs/waiting-jobs';
import { toLaneId } from '@understudy/shared/store/lane-holds/model';

/** The lanes in which jobs wait, as far as they are known. */
export interface Lanes {
  /** Looks for more of them: a bounded number of steps, each from one lane to the next. */
  look(): Promise<void>;
  list(): Lane[];
  /** Those that the last turn over all of them did not meet: nobody waited there when it came by. */
  listUnmet(): Lane[];
  /** Forgets one that nobody waits in any more. */
  drop(lane: Lane): void;
}

/** Half a millisecond each. Where there are more lanes, the next looks go on behind them. */
const MAX_STEPS = 32;
/** Of these, so many begin at the top, where the most urgent are: one that is new there is found at once. */
const STEPS_FROM_TOP = 8;

export function createLanes(store: Store): Lanes {
  const known = new Map<string, Lane>();
  /** Those that this turn has met, and those that the one before had not. */
  let met = new Set<string>();
  let unmet = new Set<string>();
  let last: Lane | null = null;

  /** @returns the lane where it stopped; null at the end. */
  async function walk(from: Lane | null, steps: number): Promise<Lane | null> {
    let lane = from;
    for (let step = 0; step < steps; step += 1) {
      lane = await findNextLane(store, lane);
      if (lane === null) return null;
      const key = toLaneId(lane);
      known.set(key, lane);
      met.add(key);
      unmet.delete(key);
    }
    return lane;
  }

  function endTurn() {
    unmet = new Set([...known.keys()].filter((key) => !met.has(key)));
    met = new Set();
  }

  return {
    async look() {
      const top = await walk(null, STEPS_FROM_TOP);
      last = top && (await walk(last ?? top, MAX_STEPS - STEPS_FROM_TOP));
      if (last === null) endTurn();
    },
    list: () => [...known.values()],
    listUnmet: () => [...unmet].flatMap((key) => known.get(key) ?? []),
    drop: (lane) => void known.delete(toLaneId(lane)),
  };
}
