import { createId } from '../../ids.ts';
import type { JobDocument } from './model.ts';

type JobError = NonNullable<JobDocument['error']>;

/** Claims in a row whose worker died with no settled attempt, after which the job itself is taken for the cause. */
export const CRASHES_AT_MOST = 5;

export const DEADLINE_EXCEEDED: JobError = {
  code: 'deadline_exceeded',
  message: 'No provider answered before the deadline.',
};
export const WORKER_CRASHED: JobError = {
  code: 'worker_crashed',
  message: `The worker died ${CRASHES_AT_MOST} times in a row while it had this job.`,
};

/** The update of every final transition, whoever makes it: nobody holds the job any more, and its end is to be told. */
export function toFinal(
  end: Partial<JobDocument> & Pick<JobDocument, 'state'>,
  eventId: string = createId('evt'),
) {
  return {
    $set: { ...end, claim: null, deferred: null, 'announce.eventId': eventId },
    $currentDate: { finishedAt: true, 'announce.at': true },
  };
}
