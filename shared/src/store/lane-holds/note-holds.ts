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
  const toFrom = (hold: string) => {
    const goesOn = { $gte: [`$${hold}until`, new Date(now.getTime() - GAP_MS)] };
    return { $cond: [goesOn, `$${hold}from`, now] };
  };
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
            from: toFrom(''),
            until: now,
            nextTryAt,
            byLimit: byLimit ? { from: toFrom('byLimit.'), until: now } : { $ifNull: ['$byLimit', null] },
          },
        },
      ],
      upsert: true,
    })),
    // Noted again every second.
    { writeConcern: { w: 1 } },
  );
}
