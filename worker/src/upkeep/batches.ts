import type { Logger } from '@understudy/shared/runtime/logger';
import { findStaleBatchAnnouncements } from '@understudy/shared/store/batches/batch-announcements';
import { releaseBatch } from '@understudy/shared/store/batches/release-batch';
import {
  findUnattended,
  removeBroken,
  removeLeftovers,
} from '@understudy/shared/store/batches/unfinished-batches';
import type { Store } from '@understudy/shared/store/connect';
import { summariseEvaluations } from '@understudy/shared/store/evaluations/summarise-evaluations';
import { readServerNow } from '@understudy/shared/store/read-server';
import type { BatchProgress } from '../relay/batch-progress.ts';
import type { Relay } from '../relay/relay.ts';

export interface BatchesDeps {
  store: Store;
  batches: Pick<BatchProgress, 'look'>;
  relay: Relay;
  logger: Logger;
}

/** Longer than the API gives an upload, which is 15 minutes. */
const BROKEN_MS = 1_200_000;
/** Whoever accepts a batch releases it within this time, or not at all. */
const UNRELEASED_MS = 3_000;
/** The end of a batch that no worker noticed is found within about this time, where not very many are under way. */
const UNSEEN_MS = 5_000;
const STALE_MS = 5_000;
/** Of each kind in one run; a batch is up to 10,000 jobs. */
const MAX_BATCHES = 10;
/** Whose jobs are only counted, in one run. */
const MAX_LOOKS = 50;
const MAX_TOLD_BATCHES = 100;
/** Each reads its jobs, up to 10,000. */
const MAX_EVALUATIONS = 2;

/** Takes up what dead processes left of batches: uploads, items to release, ends to notice and to tell; and writes down how
 * evaluations ended. */
export function createBatchUpkeep({ store, batches, relay, logger }: BatchesDeps): () => Promise<void> {
  let leftoversAfter: string | null = null;

  return async () => {
    const now = await readServerNow(store);
    const ago = (ms: number) => new Date(now - ms);
    for (const batch of await findUnattended(store, 'accepted', ago(UNRELEASED_MS), MAX_BATCHES)) {
      await releaseBatch(store, batch);
      logger.info({ batchId: batch._id }, 'released an accepted batch whose process is gone');
    }
    for (const { _id } of await findUnattended(store, 'running', ago(UNSEEN_MS), MAX_LOOKS)) {
      await batches.look(_id);
    }
    await summariseEvaluations(store, MAX_EVALUATIONS);
    for (const batch of await findStaleBatchAnnouncements(store, ago(STALE_MS), MAX_TOLD_BATCHES)) {
      relay.emitBatch(batch);
    }
    await relay.flush();
    for (const { _id } of await findUnattended(store, 'receiving', ago(BROKEN_MS), MAX_BATCHES)) {
      await removeBroken(store, _id, ago(BROKEN_MS));
    }
    leftoversAfter = await removeLeftovers(store, leftoversAfter, MAX_BATCHES);
  };
}
