import { createId } from '../../ids.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { createGroupCommit } from '../group-commit.ts';
import type { JobDocument } from './model.ts';
import { toFinal } from './to-final.ts';

/** How one dispatch of a job ended: for good, or until later. */
export type JobEnd = Pick<JobDocument, 'usage' | 'passedOver'> &
  (
    | (Pick<JobDocument, 'result' | 'provider' | 'degraded'> & { state: 'succeeded' })
    | { state: 'failed'; error: NonNullable<JobDocument['error']> }
    | { state: 'deferred'; deferred: NonNullable<JobDocument['deferred']> }
  );

export interface SettleJob {
  jobId: string;
  /** Token of the claim that this dispatch ran under. */
  token: string;
  end: JobEnd;
  /** Whether the text goes with a final end. */
  erasesText: boolean;
}

/** Id of the event that a final transition announces; null where there is nothing (more) to announce. */
export interface Settled {
  eventId: string | null;
}

/**
 * Ends a dispatch in one conditional update: result, state and announcement together, only while the claim
 * holds. Resolves null where it does not: somebody else has the job, and nothing was written.
 */
export function createSettleJob(store: Store): (input: SettleJob) => Promise<Settled | null> {
  const jobs = toNative(store.jobs);
  type Entry = SettleJob & { eventId: string | null };

  async function readSettled(batch: Entry[]): Promise<(Settled | null)[]> {
    const found = await jobs
      .find({ _id: { $in: batch.map(({ jobId }) => jobId) } }, { projection: { settledBy: 1, announce: 1 } })
      .toArray();
    const byId = new Map(found.map((job) => [job._id, job]));
    return batch.map(({ jobId, token }) => {
      const job = byId.get(jobId);
      // An earlier try may have written it, under another id; and upkeep may have told it since.
      return job?.settledBy === token ? { eventId: job.announce?.eventId ?? null } : null;
    });
  }

  const settle = createGroupCommit<Entry, Settled | null>({
    async commit(batch) {
      const { matchedCount } = await jobs.bulkWrite(batch.map(toSettle) as never, { ordered: false });
      if (matchedCount === batch.length) return batch.map(({ eventId }) => ({ eventId }));
      return readSettled(batch);
    },
    async readBack(batch) {
      return (await readSettled(batch)).map((settled) => settled ?? undefined);
    },
  });

  return (input) => settle({ ...input, eventId: input.end.state === 'deferred' ? null : createId('evt') });
}

function toSettle({ jobId, token, end, erasesText, eventId }: SettleJob & { eventId: string | null }) {
  const common = { ...end, claim: null, settledBy: token };
  return {
    updateOne: {
      filter: { _id: jobId, state: 'processing', 'claim.token': token },
      update:
        eventId === null
          ? { $set: { ...common, crashes: 0 } }
          : toFinal({ ...end, settledBy: token, crashes: 0 }, { erasesText, eventId }),
    },
  };
}
