import type { Clock } from '@understudy/shared/runtime/clock';
import { inTime } from '@understudy/shared/runtime/in-time';
import { setBounded } from '@understudy/shared/runtime/set-bounded';
import type { Store } from '@understudy/shared/store/connect';
import { toLaneId, type LaneKey, type LaneHoldDocument } from '@understudy/shared/store/lane-holds/model';
import { readPresentHold, readPresentHolds } from '@understudy/shared/store/lane-holds/read-holds';
import { createCachedReading } from './cached-reading.ts';

/** A hold is noted about once a second. */
const KEPT = { minFreshMs: 500, maxFreshMs: 500 };
const MAX_KNOWN = 1_000;
/** It is a remark: no reply waits longer for it. */
const WITHIN_MS = 500;

export interface LaneHolds {
  /** What holds a lane; null where nothing does, or where that cannot be told soon. Never throws. */
  of(lane: LaneKey): Promise<LaneHoldDocument | null>;
  /** The same of many lanes, by their names: one read, and none where there are no lanes. */
  among(lanes: readonly LaneKey[]): Promise<Map<string, LaneHoldDocument>>;
}

function soon<T>(read: Promise<T>): Promise<T> {
  return inTime(read, WITHIN_MS, () => new Error('What holds lanes was not read in time'));
}

/** What holds the lanes that were asked for last, so that many submits to one lane read it once. */
export function createLaneHolds({ store, clock }: { store: Store; clock: Clock }): LaneHolds {
  const known = new Map<string, () => Promise<LaneHoldDocument | null>>();
  return {
    of({ priority, client, route }) {
      const lane = { priority, client, route };
      const id = toLaneId(lane);
      const read =
        known.get(id) ??
        createCachedReading(clock, () => readPresentHold(store, lane, new Date(clock.now())), KEPT);
      setBounded(known, id, read, MAX_KNOWN);
      return soon(read()).catch(() => null);
    },
    async among(lanes) {
      if (lanes.length === 0) return new Map();
      const holds = await soon(readPresentHolds(store, lanes, new Date(clock.now()))).catch(() => []);
      return new Map(holds.map((hold) => [hold._id, hold]));
    },
  };
}
