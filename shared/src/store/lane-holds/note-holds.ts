import type { Store } from '../connect.ts';
import { updateEach } from '../update-each.ts';
import { toLaneId, type LaneHoldDocument } from './model.ts';

/** What holds a lane just now. */
export type LaneHold = Omit<LaneHoldDocument, '_id' | 'from' | 'until' | 'byLimit'> & {
  /** Whether it is a limit that an operator set, or a pause: no vendor that says "not now", and no outage. */
  byLimit: boolean;
};

/** A hold that was seen again within this time went on in between. */
const GAP_MS = 5_000;

/** Notes that these lanes are held at `now`: a hold that was there before goes on, for this reason. */
export async function noteHolds(store: Store, holds: readonly LaneHold[], now: Date): Promise<void> {
  const goOn = (from: string, until: string) => ({
    $cond: [{ $gte: [until, new Date(now.getTime() - GAP_MS)] }, from, now],
  });
  const limited = { from: goOn('$byLimit.from', '$byLimit.until'), until: now };
  await updateEach(
    store.laneHolds,
    holds.map(({ priority, client, route, reason, byLimit, nextTryAt }) => ({
      filter: { _id: toLaneId({ priority, client, route }) },
      update: [
        {
          $set: {
            priority,
            client: { $literal: client },
            route: { $literal: route },
            reason,
            from: goOn('$from', '$until'),
            until: now,
            nextTryAt,
            byLimit: byLimit ? limited : { $ifNull: ['$byLimit', null] },
          },
        },
      ],
      upsert: true,
    })),
    // Noted again every second.
    { writeConcern: { w: 1 } },
  );
}
