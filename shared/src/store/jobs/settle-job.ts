import { createId } from '../../ids.ts';
import { createGroupCommit } from '../../runtime/group-commit.ts';
import type { Store } from '../connect.ts';
import { toNative, type UpdateMany } from '../define-model.ts';
import { CONFIRMED } from '../confirmed.ts';
import { withOwnFields } from '../own-value.ts';
import type { JobDocument } from './model.ts';
import { toFinal } from './to-final.ts';

/** How one dispatch of a job ended: for good, or until later. */
export type JobEnd = Pick<JobDocument, 'usage' | 'passedOver'> &
  (
    | (Pick<JobDocument, 'result' | 'provider' | 'degraded' | 'stoodIn'> & { state: 'succeeded' })
    | { state: 'failed'; error: NonNullable<JobDocument['error']> }
    | (Pick<JobDocument, 'rejectedBy'> & {
        state: 'deferred';
        deferred: NonNullable<JobDocument['deferred']>;
      })
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

type Entry = SettleJob & { eventId: string | null };

/**
 * Ends a dispatch in one conditional update: result, state and announcement together, only while the claim
 * holds. Resolves null where it does not: somebody else has the job, and nothing was written.
 */
export function createSettleJob(store: Store): (input: SettleJob) => Promise<Settled | null> {
  const jobs = toNative(store.jobs);

  async function readSettled(batch: Entry[]): Promise<(Settled | null)[]> {
    const found = await jobs
      .find(
        { _id: { $in: batch.map(({ jobId }) => jobId) } },
        { projection: { settledBy: 1, announce: 1 }, ...CONFIRMED },
      )
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
      let matched = 0;
      const groups = Map.groupBy(batch, ({ eventId }) => eventId !== null);
      for (const [isFinal, group] of groups) {
        matched += (await jobs.updateMany(...toSettle(group, isFinal))).matchedCount;
      }
      if (matched === batch.length) return batch.map(({ eventId }) => ({ eventId }));
      return readSettled(batch);
    },
    async readBack(batch) {
      return (await readSettled(batch)).map((settled) => settled ?? undefined);
    },
  });

  return (input) => settle({ ...input, eventId: input.end.state === 'deferred' ? null : createId('evt') });
}

/** The ends of jobs that are all final or not, as one update. */
function toSettle(group: readonly Entry[], isFinal: boolean): UpdateMany<JobDocument> {
  const tokens = group.map(({ token }) => token);
  const fields = group.map(isFinal ? toFinalFields : toDeferredFields);
  const told = { finishedAt: '$$NOW', 'announce.at': '$$NOW' };
  return [
    { _id: { $in: group.map(({ jobId }) => jobId) }, state: 'processing', 'claim.token': { $in: tokens } },
    [{ $replaceWith: withOwnFields('$claim.token', tokens, fields) }, ...(isFinal ? [{ $set: told }] : [])],
    { hint: '_id_' },
  ];
}

function toFinalFields({ end, token, erasesText, eventId }: Entry): object {
  const { 'announce.eventId': id, ...fields } = toFinal(
    { ...end, settledBy: token, crashes: 0 },
    { erasesText, ...(eventId !== null && { eventId }) },
  ).$set;
  return { ...fields, announce: { eventId: id } };
}

function toDeferredFields({ end, token }: Entry): object {
  return { ...end, claim: null, settledBy: token, crashes: 0 };
}
