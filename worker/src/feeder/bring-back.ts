import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Store } from '@understudy/shared/store/connect';
import { returnDueJobs, returnLostJobs, wakeDeferredJobs } from '@understudy/shared/store/jobs/return-jobs';
import type { ProviderRoom } from '../dispatch/admission.ts';
import { toWake, type ToWake } from './whom-to-wake.ts';

export interface BringBackDeps {
  store: Store;
  settings: { current(): Pick<DispatchConfig, 'paused'> };
  clock: Clock;
  logger: Logger;
}

/** How often what no Redis of this epoch was given is looked for while the epoch is the same. */
const LOST_EVERY_MS = 1_000;

/** Puts jobs back in line for the feeder: what was lost, what is due, and what need not wait until then. */
export function createBringBack({ store, settings, clock, logger }: BringBackDeps) {
  let seen: ReadonlyMap<string, ProviderRoom> = new Map();
  let wasPaused = false;
  let lost = { epoch: '', lookedAt: -Infinity };

  async function bringBackLost(epoch: string) {
    const now = clock.monotonic();
    if (lost.epoch === epoch && now - lost.lookedAt < LOST_EVERY_MS) return;
    const returned = await returnLostJobs(store, epoch);
    lost = { epoch, lookedAt: now };
    if (returned > 0) logger.info({ jobs: returned }, 'brought back jobs that no Redis of this epoch had');
  }

  async function wake(whom: ToWake) {
    switch (whom.who) {
      case 'all':
        return wakeDeferredJobs(store, null);
      case 'waiting_for':
        return wakeDeferredJobs(store, whom.providerIds);
      case 'nobody':
        return 0;
    }
  }

  return async (epoch: string, rooms: readonly ProviderRoom[]): Promise<void> => {
    const { paused } = settings.current();
    const isResumed = wasPaused && !paused;
    await Promise.all([bringBackLost(epoch), returnDueJobs(store, new Date(clock.now()))]);
    await wake(isResumed ? { who: 'all' } : toWake(seen, rooms, clock.now()));
    // Not before: a round that failed looks again.
    seen = new Map(rooms.map((room) => [room.providerId, room]));
    wasPaused = paused;
  };
}
