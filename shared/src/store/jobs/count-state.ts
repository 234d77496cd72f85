import type { JobState } from '../../contracts/classification.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';

const SIZES = {
  /** One `count` walks about three million keys a second, and does not tell where it stopped. */
  atOnce: 2_000_000,
  /** A group, which tells, walks half a million. */
  stretch: 200_000,
};

/**
 * How many jobs are in `state`, up to `limit`, by keys of the index `state` alone. However many there are, no command walks
 * more than `atOnce`, so that none is taken for an outage; beyond that it is no longer the count of one moment.
 */
export async function countState(
  store: Store,
  state: JobState,
  limit = Number.MAX_SAFE_INTEGER,
  sizes = SIZES,
): Promise<number> {
  const answer = await store.connection.db?.command({
    count: 'jobs',
    query: { state },
    limit: Math.min(limit, sizes.atOnce),
    hint: 'state',
  });
  const count = Number(answer?.['n'] ?? 0);
  return count < sizes.atOnce || count === limit
    ? count
    : countInStretches(store, state, limit, sizes.stretch);
}

async function countInStretches(store: Store, state: JobState, limit: number, stretch: number) {
  let total = 0;
  let lastId = '';
  for (;;) {
    const size = Math.min(stretch, limit - total);
    const [found] = await toNative(store.jobs)
      .aggregate<{ count: number; lastId: string }>(
        [
          { $match: { state, _id: { $gt: lastId } } },
          { $sort: { state: 1, _id: 1 } },
          { $limit: size },
          { $group: { _id: null, count: { $sum: 1 }, lastId: { $last: '$_id' } } },
        ],
        { hint: 'state' },
      )
      .toArray();
    if (!found) return total;
    total += found.count;
    ({ lastId } = found);
    if (found.count < size || total === limit) return total;
  }
}
