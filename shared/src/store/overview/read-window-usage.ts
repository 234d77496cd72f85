import { pricing, type Pricing } from '../../contracts/classification.ts';
import { toCombinedPricing } from '../attempts/sum-usage.ts';
import { toSpans } from '../roll-up/to-spans.ts';
import { OTHER_PURPOSES } from '../attempts/model.ts';
import type { Store } from '../connect.ts';
import { connectErrors } from '../health/connectivity.ts';

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

const KINDS = pricing.options;
const COUNTERS = ['attempts', 'connectErrors', 'costNanoUsd', ...KINDS] as const;
type Sums = Record<(typeof COUNTERS)[number], number>;

/** Sums up usage of the window, from days where they are whole and hours elsewhere; deleted providers count. */
export async function readWindowUsage(store: Store, windowMs: number, now: number): Promise<WindowUsage> {
  const providers = await store.providers.find({}, { type: 1 }).lean();
  const remote = providers.filter(({ type }) => type !== 'local').map(({ _id }) => _id);
  const providerId = { $in: providers.map(({ _id }) => _id) };
  const steps = toSpans(windowMs, now, 'hour').flatMap(({ width, from, to }) => {
    const within = { providerId, at: { $gte: from, $lt: to } };
    if (width === 'hour') return [store.usageBuckets.aggregate<Sums>(toSums(within, remote))];
    return [
      store.usageDays.aggregate<Sums>(toSums(within, remote)),
      store.usageBuckets.aggregate<Sums>(
        toSums({ ...within, purpose: { $in: [...OTHER_PURPOSES] } }, remote),
      ),
    ];
  });
  const sums = Object.fromEntries(COUNTERS.map((counter) => [counter, 0])) as Sums;
  for (const found of (await Promise.all(steps)).flat()) {
    for (const counter of COUNTERS) sums[counter] += found[counter];
  }
  const { attempts, connectErrors: errors, costNanoUsd } = sums;
  const kinds = KINDS.filter((kind) => sums[kind] > 0);
  return {
    attempts,
    connectErrors: errors,
    costNanoUsd,
    pricing: kinds.length === 0 ? null : toCombinedPricing(kinds),
  };
}

function toSums(match: object, remote: readonly string[]) {
  // Days are of real traffic alone, and have no purpose.
  const isJob = { $eq: [{ $ifNull: ['$purpose', 'job'] }, 'job'] };
  const sumCounted = (value: unknown) => ({
    $sum: { $cond: [{ $and: [isJob, { $in: ['$providerId', remote] }] }, value, 0] },
  });
  return [
    { $match: match },
    {
      $group: {
        _id: null,
        attempts: sumCounted('$requests'),
        connectErrors: sumCounted(connectErrors),
        costNanoUsd: { $sum: '$costNanoUsd' },
        ...Object.fromEntries(KINDS.map((kind) => [kind, { $sum: { $ifNull: [`$pricing.${kind}`, 0] } }])),
      },
    },
  ];
}
