import type { UsageSpend, UsageTotals } from '../../contracts/usage.ts';
import type { AttemptPurpose } from '../attempts/model.ts';
import type { Store } from '../connect.ts';
import { readBuckets, type UsageFilter } from './read-buckets.ts';
import { toRow, type UsageSpan } from './to-usage-range.ts';
import { addBucket, createUsageSum, toUsageSpend, toUsageTotals, type UsageSum } from './to-usage-totals.ts';

/** How the API names what calls were made for besides jobs. */
const OTHER = { test: 'test', drill: 'drill', health: 'check' } as const satisfies Record<
  Exclude<AttemptPurpose, 'job'>,
  string
>;

interface Sums {
  total: UsageSum;
  byProvider: Map<string, UsageSum>;
  byModel: Map<string, UsageSum>;
  byClient: Map<string | null, UsageSum>;
  other: Record<(typeof OTHER)[keyof typeof OTHER], UsageSum>;
}

/** Usage over a span, of real traffic but for `other`; parts are in order of what they cost. */
export interface UsageReading {
  totals: UsageTotals;
  series: ({ at: string } & UsageTotals)[];
  byProvider: ({ providerId: string } & UsageTotals)[];
  byModel: ({ model: string } & UsageTotals)[];
  byClient: ({ client: string | null } & UsageTotals)[];
  other: Record<keyof Sums['other'], UsageSpend>;
}

/**
 * Sums up the buckets of a span in one pass that holds one row at a time, and a sum for each provider, model and client.
 * Clients that `isShown` refuses are summed up as one, null.
 */
export async function readUsage(
  store: Store,
  filter: UsageFilter,
  span: UsageSpan,
  { isShown }: { isShown: (client: string) => boolean },
): Promise<UsageReading> {
  const sums: Sums = {
    total: createUsageSum(),
    byProvider: new Map(),
    byModel: new Map(),
    byClient: new Map(),
    other: { test: createUsageSum(), drill: createUsageSum(), check: createUsageSum() },
  };
  const series = createSeries();
  for await (const buckets of readBuckets(store, filter, span)) {
    for (const bucket of buckets) {
      if (bucket.purpose !== 'job') {
        addBucket(sums.other[OTHER[bucket.purpose]], bucket);
        continue;
      }
      const client = isShown(bucket.client) ? bucket.client : null;
      for (const sum of [
        series.rowAt(toRow(bucket.at, span)),
        sums.total,
        sumOf(sums.byProvider, bucket.providerId),
        sumOf(sums.byModel, bucket.model),
        sumOf(sums.byClient, client),
      ]) {
        addBucket(sum, bucket);
      }
    }
  }
  return toReading(sums, series.end());
}

/** Rows in order of time, of which only the last is a sum yet. */
function createSeries() {
  const rows: UsageReading['series'] = [];
  let last: { at: number; sum: UsageSum } | null = null;
  function end() {
    if (last) rows.push({ at: new Date(last.at).toISOString(), ...toUsageTotals(last.sum) });
    last = null;
    return rows;
  }
  return {
    rowAt(at: number): UsageSum {
      if (last?.at === at) return last.sum;
      end();
      last = { at, sum: createUsageSum() };
      return last.sum;
    },
    end,
  };
}

function toReading(
  { total, byProvider, byModel, byClient, other }: Sums,
  series: UsageReading['series'],
): UsageReading {
  return {
    totals: toUsageTotals(total),
    series,
    byProvider: toParts(byProvider, (providerId) => ({ providerId })),
    byModel: toParts(byModel, (model) => ({ model })),
    byClient: toParts(byClient, (client) => ({ client })),
    other: {
      test: toUsageSpend(other.test),
      drill: toUsageSpend(other.drill),
      check: toUsageSpend(other.check),
    },
  };
}

function sumOf<K>(sums: Map<K, UsageSum>, key: K): UsageSum {
  const sum = sums.get(key) ?? createUsageSum();
  sums.set(key, sum);
  return sum;
}

/** What cost most comes first, then what was asked most. */
function toParts<K, N extends object>(
  sums: ReadonlyMap<K, UsageSum>,
  toName: (key: K) => N,
): (N & UsageTotals)[] {
  return [...sums]
    .toSorted(([, a], [, b]) => b.costNanoUsd - a.costNanoUsd || b.requests - a.requests)
    .map(([key, sum]) => ({ ...toName(key), ...toUsageTotals(sum) }));
}
