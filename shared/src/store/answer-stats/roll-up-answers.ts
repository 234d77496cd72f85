import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { LATE_MS, WIDTH_MS } from '../roll-up/buckets.ts';
import { takeSteps } from '../roll-up/take-steps.ts';
import { addToAnswerBuckets, type Addition } from './add-to-answer-buckets.ts';
import { applyChanges } from './apply-changes.ts';
import { PROGRESS_ID } from './model.ts';
import { readAnswerProgress } from './progress.ts';
import { sumAnswers } from './sum-answers.ts';

/** Documents are read, in one transaction: a step stays short by their number where there is much to catch up with. */
const STEP_MS = 6 * WIDTH_MS.hour;
const MAX_JOBS = 10_000;

/**
 * Adds the answers of jobs that ended since the last run to the buckets, and what happened since to those that are there:
 * each once. A job that has its answer never runs again. Safe to run twice at the same time, and beside corrections and
 * erasures: these meet in no document but their own.
 */
export async function rollUpAnswers(store: Store, now: number): Promise<void> {
  const buckets = toNative(store.answerBuckets);
  await takeSteps<Addition[]>(
    store,
    {
      field: 'finishedAt',
      index: 'outcomes',
      beginMs: 0,
      lateMs: LATE_MS,
      stepMs: STEP_MS,
      maxJobs: MAX_JOBS,
      readProgress: (session) => readAnswerProgress(store, session),
      async moveProgress({ from, to }, session) {
        await buckets.updateOne({ _id: PROGRESS_ID, at: from as Date }, { $set: { at: to } }, { session });
      },
      async count(span, session) {
        const additions = await sumAnswers(store, span, session);
        // In them is all that this snapshot has of these answers. What is noted later finds them counted.
        const { from, to } = span;
        await toNative(store.answerChanges).deleteMany({ finishedAt: { $gte: from, $lt: to } }, { session });
        return additions;
      },
      add: (additions, session) => addToAnswerBuckets(store, { additions, now }, session),
    },
    now,
  );
  await applyChanges(store, now);
}
