import { readStores } from '@understudy/shared/runtime/readiness';
import type { StoreLatency } from '@understudy/shared/runtime/store-latency';
import { findOldestWaiting } from '@understudy/shared/store/jobs/find-oldest-waiting';
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
  const findStalled = () => {
    const now = new Date(clock.now());
    return findOldestWaiting(store, { before: now, running: false, now });
  };
  // With hundreds of lines it takes longer than a scrape waits, just when jobs wait in all of them.
  const readStalled = createCachedReading(clock, findStalled, { leastHandedOnMs: 180_000 });
  async function readStalledMs() {
    const stalled = await readStalled();
    return stalled && Math.max(0, clock.now() - stalled.since.getTime());
  }
  return createMetrics({
    latency,
    stores: () => readStores({ mongodb: store.ping, redis: () => redis.ping() }),
    jobs: {
      ...overview,
      readTotals: createCachedReading(clock, () => readJobTotals(store)),
      readStalledMs,
    },
    readProviders: createCachedReading(clock, () => readProviderFacts(store, clock.now())),
    settings: catalogue.config,
  });
}
