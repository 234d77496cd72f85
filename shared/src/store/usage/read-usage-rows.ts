import type { UsageTotals } from '../../contracts/usage.ts';
import type { AttemptPurpose } from '../attempts/model.ts';
import type { Store } from '../connect.ts';
import { readBuckets, type UsageFilter } from './read-buckets.ts';
import { toRow, type UsageSpan } from './to-usage-range.ts';
import { addBucket, createUsageSum, toUsageTotals, type UsageSum } from './to-usage-totals.ts';

/** What was used in one row's time by one provider, model, client and purpose. */
export interface UsageRow extends UsageTotals {
  at: string;
  providerId: string;
  model: string;
  client: string | null;
  purpose: AttemptPurpose;
}

type Key = Pick<UsageRow, 'providerId' | 'model' | 'client' | 'purpose'>;

/**
 * All that was used in a span, of every purpose, in order of time; one row's time after the other is held in memory.
 * Clients that `isShown` refuses are one, null.
 */
export async function* readUsageRows(
  store: Store,
  filter: UsageFilter,
  span: UsageSpan,
  { isShown }: { isShown: (client: string) => boolean },
): AsyncGenerator<UsageRow[]> {
  let at = -Infinity;
  let sums = new Map<string, { key: Key; sum: UsageSum }>();
  const end = () => [...sums.values()].map(({ key, sum }) => toUsageRow(at, key, sum));
  for await (const buckets of readBuckets(store, filter, span)) {
    for (const bucket of buckets) {
      const row = toRow(bucket.at, span);
      if (row !== at) {
        if (sums.size > 0) yield end();
        at = row;
        sums = new Map();
      }
      const { providerId, model, purpose } = bucket;
      const key = { providerId, model, purpose, client: isShown(bucket.client) ? bucket.client : null };
      const name = JSON.stringify(key);
      const entry = sums.get(name) ?? { key, sum: createUsageSum() };
      sums.set(name, entry);
      addBucket(entry.sum, bucket);
    }
  }
  if (sums.size > 0) yield end();
}

function toUsageRow(at: number, key: Key, sum: UsageSum): UsageRow {
  return { at: new Date(at).toISOString(), ...key, ...toUsageTotals(sum) };
}
