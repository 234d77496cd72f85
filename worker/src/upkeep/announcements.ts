import type { Clock } from '@understudy/shared/runtime/clock';
import type { Store } from '@understudy/shared/store/connect';
import { findStaleAnnouncements } from '@understudy/shared/store/jobs/announcements';
import type { Relay } from '../relay/relay.ts';

export interface AnnouncementsDeps {
  store: Store;
  relay: Pick<Relay, 'repeat'>;
  clock: Clock;
}

const BATCH_SIZE = 1_000;
/** So many times in one run; a cancelled batch ends many jobs at once. */
const MAX_STEPS = 10;
/** Whoever ends a job relays its end within this time, or not at all. */
const STALE_MS = 5_000;

/** Relays the ends of jobs that nobody relayed: of upkeep itself, and of processes that died in between. */
export async function relayAnnouncements({ store, relay, clock }: AnnouncementsDeps): Promise<void> {
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const stale = await findStaleAnnouncements(store, new Date(clock.now() - STALE_MS), BATCH_SIZE);
    await relay.repeat(stale);
    if (stale.length < BATCH_SIZE) return;
  }
}
