import { readStores } from '@understudy/shared/runtime/readiness';
import type { StoreLatency } from '@understudy/shared/runtime/store-latency';
import { readJobTotals } from '@understudy/shared/store/overview/read-job-totals';
import type { Context } from '../context.ts';
import { createCachedReading } from '../caches/cached-reading.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { readProviderFacts } from './read-provider-facts.ts';

type Sources = Pick<Context, 'store' | 'redis' | 'clock' | 'overview' | 'catalogue'> & {
  latency: StoreLatency;
};

/** The metrics of an API process over its own stores and caches. */
export function createContextMetrics({ store, redis, clock, overview, ...known }: Sources): Metrics {
  const { latency, catalogue } = known;
  return createMetrics({
    latency,
    stores: () => readStores({ mongodb: store.ping, redis: () => redis.ping() }),
    jobs: { ...overview, readTotals: createCachedReading(clock, () => readJobTotals(store)) },
    readProviders: createCachedReading(clock, () => readProviderFacts(store, clock.now())),
    settings: catalogue.config,
  });
}
