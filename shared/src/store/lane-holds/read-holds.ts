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
  const since = new Date(now.getTime() - PRESENT_MS);
  return store.laneHolds.findOne({ _id: toLaneId(lane), until: { $gte: since } }).lean<LaneHoldDocument>();
}
