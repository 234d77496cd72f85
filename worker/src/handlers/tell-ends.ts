import type { Store } from '@understudy/shared/store/connect';
import { findAnnouncements } from '@understudy/shared/store/jobs/announcements';
import type { Relay } from '../relay/relay.ts';
import { done, type Handler } from './handler.ts';

/** Relays the ends that somebody without a relay made, as of a cancel, without waiting for upkeep to find them. */
export function createTellEndsHandler({
  store,
  relay,
}: {
  store: Store;
  relay: Pick<Relay, 'repeat'>;
}): Handler<'classification.tell-ends'> {
  return async ({ jobIds }) => {
    await relay.repeat(await findAnnouncements(store, jobIds));
    return done;
  };
}
