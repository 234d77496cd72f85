import type { DispatchConfig } from '../../contracts/dispatch-config.ts';
import type { JobState } from '../../contracts/classification.ts';
import { createId } from '../../ids.ts';
import type { JobDocument } from './model.ts';

type JobError = NonNullable<JobDocument['error']>;

/** Not ended yet: somebody works on it, or will. */
export const OPEN_STATES = ['queued', 'deferred', 'processing'] as const satisfies JobState[];
/** Ended, but for a retry. */
export const FINAL_STATES = ['succeeded', 'failed', 'cancelled'] as const satisfies JobState[];

/** Claims in a row whose worker died with no settled attempt, after which the job itself is taken for the cause. */
export const MAX_CRASHES = 5;

export const DEADLINE_EXCEEDED: JobError = {
  code: 'deadline_exceeded',
  message: 'No provider answered before the deadline.',
};
export const CANCELLED: JobError = { code: 'cancelled', message: 'It was cancelled.' };
export const WORKER_CRASHED: JobError = {
  code: 'worker_crashed',
  message: `The worker died ${MAX_CRASHES} times in a row while it had this job.`,
};

interface FinalOptions {
  /** Whether the text goes with the end of its job; see `erasesTexts`. */
  erasesText: boolean;
  eventId?: string;
}

/**
 * The update of every final transition, whoever makes it: nobody holds the job any more or waits with it, its end is to
 * be told, who turned it down is forgotten, and its text is gone where texts are not kept.
 */
export function toFinal(
  end: Partial<JobDocument> & Pick<JobDocument, 'state'>,
  { erasesText, eventId = createId('evt') }: FinalOptions,
) {
  const erased = erasesText ? { text: null } : {};
  return {
    $set: {
      // Whoever settled it before, to defer it, has no part in this end.
      settledBy: null,
      ...end,
      ...erased,
      claim: null,
      waiting: false,
      deferred: null,
      rejectedBy: null,
      'announce.eventId': eventId,
    },
    $currentDate: { finishedAt: true, 'announce.at': true },
  } as const;
}

/** Whether texts end with their jobs: they are kept for no day at all. */
export function erasesTexts({ retention }: Pick<DispatchConfig, 'retention'>): boolean {
  return retention.textDays === 0;
}
