import type { Store } from '@understudy/shared/store/connect';
import { toLaneId } from '@understudy/shared/store/lane-holds/model';
import { findNextClientLane, findNextLane, type Lane } from '@understudy/shared/store/jobs/waiting-jobs';
import { MAX_KNOWN } from './client-lanes.ts';
import { createKnownLanes } from './known-lanes.ts';

/** The lanes in which jobs wait, as far as they are known: a few of each client at each priority, others in turn. */
export interface Lanes {
  /** Looks for more of them: a bounded number of steps, each from one lane to the next. */
  look(): Promise<void>;
  list(): Lane[];
  /** Those that were met since this was called last, also where a client has more than are known at once. */
  takeMet(): Lane[];
  /** Those that the last turn over all of them did not meet: nobody waited there when it came by. */
  listUnmet(): Lane[];
  /** Forgets one that nobody waits in any more. */
  drop(lane: Lane): void;
}

/** Where a walk stands, and how many lanes of the client there it has met. */
interface Place {
  lane: Lane | null;
  met: number;
}

/** Half a millisecond each. Where there are more lanes, the next looks go on behind them. */
const MAX_STEPS = 32;
/** Of these, so many begin at the top, where the most urgent are: a client that is new there is found at once. */
const STEPS_FROM_TOP = 8;
/** The first lanes of a client are met with each visit: its jobs that name nobody wait there. */
const LEADING = 2;
const TOP: Place = { lane: null, met: 0 };

const isOfSame = (a: Lane, b: Lane) => a.priority === b.priority && a.client === b.client;

export function createLanes(store: Store): Lanes {
  const known = createKnownLanes();
  let met = new Map<string, Lane>();
  let last = TOP;

  /** To the next lane, and behind a client of whom `atMost` were met; null at the end. */
  async function step({ lane: from, met: count }: Place, atMost: number): Promise<Place | null> {
    const isEnough = from !== null && count >= atMost;
    const lane = await (isEnough ? findNextClientLane(store, from) : findNextLane(store, from));
    if (lane === null) return null;
    known.meet(lane);
    met.set(toLaneId(lane), lane);
    return { lane, met: from && isOfSame(from, lane) ? count + 1 : 1 };
  }

  /** @returns whether it has met all that there are. */
  async function walkFromTop(): Promise<boolean> {
    let place = TOP;
    let isAll = true;
    for (let count = 0; count < STEPS_FROM_TOP; count += 1) {
      isAll &&= place.met < LEADING;
      const next = await step(place, LEADING);
      if (next === null) return isAll;
      place = next;
    }
    return false;
  }

  function endTurn(options: { isWhole: boolean }) {
    known.endTurn(options);
    last = TOP;
  }

  /** Goes on with the turn, at most once round. */
  async function goOn(steps: number): Promise<void> {
    let isBegunNow = last === TOP;
    for (let count = 0; count < steps; count += 1) {
      const next = await step(last, MAX_KNOWN);
      leave(last, next);
      if (next !== null) {
        last = skipKnown(next);
        continue;
      }
      endTurn({ isWhole: false });
      if (isBegunNow) return;
      isBegunNow = true;
    }
  }

  function leave({ lane, met }: Place, next: Place | null) {
    if (lane === null || (next?.lane && isOfSame(lane, next.lane))) return;
    known.of(lane).leave(met < MAX_KNOWN ? null : lane);
  }

  /** From the first lanes of a client to where the last visit of it ended. */
  function skipKnown(place: Place): Place {
    const behind = place.lane && place.met === LEADING ? known.of(place.lane).behind() : null;
    return behind ? { ...place, lane: behind } : place;
  }

  return {
    async look() {
      if (await walkFromTop()) endTurn({ isWhole: true });
      else await goOn(MAX_STEPS - STEPS_FROM_TOP);
    },
    list: known.list,
    takeMet() {
      const taken = [...met.values()];
      met = new Map();
      return taken;
    },
    listUnmet: known.listUnmet,
    drop: known.drop,
  };
}
