import type { TimeSpan } from '../roll-up/take-steps.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { addBucket, createUsageSum, type UsageSum } from './to-usage-totals.ts';

interface UsageSumsOptions {
  providerIds: readonly string[];
  spans: readonly (TimeSpan & { width: 'hour' | 'day' })[];
}

const FIELDS = Object.fromEntries(
  ['providerId', ...Object.keys(createUsageSum())].map((field) => [field, 1]),
);

/** Real traffic at each of these providers within the spans, from days where they are whole and hours elsewhere. */
export async function readUsageSums(
  store: Store,
  { providerIds, spans }: UsageSumsOptions,
): Promise<Map<string, UsageSum>> {
  const sums = new Map<string, UsageSum>();
  await Promise.all(
    spans.map(async ({ width, from, to }) => {
      const filter = { providerId: { $in: [...providerIds] }, at: { $gte: from, $lt: to } };
      const options = { projection: FIELDS, batchSize: 5_000 };
      const found =
        width === 'day'
          ? toNative(store.usageDays).find(filter, options)
          : toNative(store.usageBuckets).find({ ...filter, purpose: 'job' }, options);
      for await (const bucket of found) {
        const sum = sums.get(bucket.providerId) ?? createUsageSum();
        sums.set(bucket.providerId, sum);
        addBucket(sum, bucket);
      }
    }),
  );
  return sums;
}
