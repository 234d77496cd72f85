import { DEFAULT_WINDOW } from '@understudy/shared/contracts/stats';
import type { Clock } from '@understudy/shared/runtime/clock';
import { createPeriodicService, type Service } from '@understudy/shared/runtime/lifecycle';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { OverviewReader } from '../caches/overview.ts';
import { toEventFrame } from './event-frame.ts';
import type { EventStreams } from './event-streams.ts';

const LOOK_MS = 500;
const EVERY_MS = 5_000;

/**
 * Tells the overview every 5 s to all who listen to it, and soon to who has just come. Read once for all of this process,
 * and only while somebody listens. It is no entry of the stream: it has no id, and none is missed.
 */
export function createStatsTeller(options: {
  overview: OverviewReader;
  streams: Pick<EventStreams, 'readersOf'>;
  clock: Clock;
  logger: Logger;
}): Service & { runOnce(): Promise<void> } {
  const { overview, streams, clock, logger } = options;
  let toldAt = -Infinity;
  let told = new WeakSet<object>();

  async function runOnce() {
    const now = clock.monotonic();
    const isDue = now - toldAt >= EVERY_MS;
    const isWaiting = streams.readersOf('stats').some((reader) => isDue || !told.has(reader));
    if (!isWaiting) return;
    const frame = toEventFrame('stats', await overview.read(DEFAULT_WINDOW), null);
    if (isDue) {
      toldAt = now;
      told = new WeakSet();
    }
    for (const reader of streams.readersOf('stats')) {
      if (told.has(reader)) continue;
      told.add(reader);
      reader.send(frame);
    }
  }

  return { ...createPeriodicService({ name: 'stats', intervalMs: LOOK_MS, runOnce, logger }), runOnce };
}
