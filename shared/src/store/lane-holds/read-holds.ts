import type { Store } from '../connect.ts';
import { toLaneId, type LaneKey, type LaneHoldDocument } from './model.ts';

/** The latest hold of each lane that was held at `since` or later. */
export async function readHolds(store: Store, since: Date): Promise<LaneHoldDocument[]> {
  return store.laneHolds.find({ until: { $gte: since } }).lean<LaneHoldDocument[]>();
}

/** A hold is noted about once a second. */
const PRESENT_MS = 5_000;

/** What holds the lane at `now`; null where nothing does. */
export async function readPresentHold(
  store: Store,
  lane: LaneKey,
  now: Date,
): Promise<LaneHoldDocument | null> {
  return store.laneHolds.findOne({ _id: toLaneId(lane), until: toPresent(now) }).lean<LaneHoldDocument>();
}

/** What holds each of these lanes at `now` that is held. */
export async function readPresentHolds(
  store: Store,
  lanes: readonly LaneKey[],
  now: Date,
): Promise<LaneHoldDocument[]> {
  const ids = [...new Set(lanes.map(toLaneId))];
  return store.laneHolds.find({ _id: { $in: ids }, until: toPresent(now) }).lean<LaneHoldDocument[]>();
}

const toPresent = (now: Date) => ({ $gte: new Date(now.getTime() - PRESENT_MS) });
