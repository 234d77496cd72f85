import { pricing, type Pricing } from '../../contracts/classification.ts';
import { toCombinedPricing } from '../attempts/sum-usage.ts';
import type { Store } from '../connect.ts';
import { connectErrors } from '../health/connectivity.ts';
import { toStart } from '../roll-up/buckets.ts';

/** What all providers were used for within a window, by whole hours. */
export interface WindowUsage {
  /** Real traffic at providers that are reached over a network, and what of it failed to connect. */
  attempts: number;
  connectErrors: number;
  /** All purposes; nano-dollars that are known. */
  costNanoUsd: number;
  /** How the sum is priced; null where there was no attempt. */
  pricing: Pricing | null;
}

type Sums = Pick<WindowUsage, 'attempts' | 'connectErrors' | 'costNanoUsd'> & Record<Pricing, number>;

const KINDS = pricing.options;

/** Sums up the usage buckets of the window; deleted providers count. The cost is that of reading these buckets. */
export async function readWindowUsage(store: Store, windowMs: number, now: number): Promise<WindowUsage> {
  const providers = await store.providers.find({}, { type: 1 }).lean();
  const remote = providers.filter(({ type }) => type !== 'local').map(({ _id }) => _id);
  const isCounted = { $and: [{ $eq: ['$purpose', 'job'] }, { $in: ['$providerId', remote] }] };
  const sumCounted = (value: unknown) => ({ $sum: { $cond: [isCounted, value, 0] } });
  const [sums] = await store.usageBuckets.aggregate<Sums>([
    {
      $match: {
        providerId: { $in: providers.map(({ _id }) => _id) },
        at: { $gte: toStart('hour', now - windowMs), $lte: new Date(now) },
      },
    },
    {
      $group: {
        _id: null,
        attempts: sumCounted('$requests'),
        connectErrors: sumCounted(connectErrors),
        costNanoUsd: { $sum: '$costNanoUsd' },
        ...Object.fromEntries(KINDS.map((kind) => [kind, { $sum: { $ifNull: [`$pricing.${kind}`, 0] } }])),
      },
    },
  ]);
  if (!sums) return { attempts: 0, connectErrors: 0, costNanoUsd: 0, pricing: null };
  return {
    attempts: sums.attempts,
    connectErrors: sums.connectErrors,
    costNanoUsd: sums.costNanoUsd,
    pricing: toCombinedPricing(KINDS.filter((kind) => sums[kind] > 0)),
  };
}
