import { startChild } from '../bed/child.ts';
import { quantile } from '../measure/quantile.ts';
import type { WatchedStores } from './watch-stores.ts';

/**
 * How much longer a round trip is to the process that makes it than it is seen to be on its way: the way to the place
 * where it is seen, and back. In milliseconds, at the median.
 */
export async function measureHop(way: WatchedStores, count: number): Promise<number> {
  const file = new URL('../bare/bare-pinger-process.ts', import.meta.url);
  const child = await startChild<{ count: number }, number[]>(file, {
    BENCH_REDIS_URL: way.env['REDIS_URL'] ?? '',
  });
  try {
    await child.ask({ count });
    way.take();
    const asked = await child.ask({ count });
    const seen = way.take().flatMap((trip) => (trip.kind === 'ping' ? [trip.answeredAt - trip.askedAt] : []));
    return quantile(asked, 0.5) - quantile(seen, 0.5);
  } finally {
    await child.stop();
  }
}
