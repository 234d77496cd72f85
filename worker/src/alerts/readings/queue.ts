import type { AlertFacts } from '../facts.ts';
import type { Reading } from '../reading.ts';
import { toCount, toDuration } from '../wording.ts';

/** A job that waits longer is told of. */
const STALLED_MS = 5 * 60_000;
/** Once told, it is over when no job waits even this long. */
const MOVING_MS = STALLED_MS / 2;

export const STALLED_ID = 'stalled/queue';

/** How long a job must have waited to count as stalled, where that was told before or not. */
export const toStalledMs = (isTold: boolean): number => (isTold ? MOVING_MS : STALLED_MS);

/** Whether jobs wait for too long, by the one that waits longest. */
export function toQueueReading({ oldestWaiting, waiting, nowMs }: AlertFacts): Reading {
  if (!oldestWaiting) return { id: STALLED_ID, cause: null, words: null };
  const oldestWaitingMs = nowMs - oldestWaiting.since.getTime();
  const count = waiting === 1 ? 'one job waits' : `${toCount(waiting)} jobs wait`;
  const summary = `The oldest waiting job has waited for ${toDuration(oldestWaitingMs)}; ${count} in all.`;
  const data = { summary, oldestJobId: oldestWaiting.jobId, oldestWaitingMs, waiting };
  return { id: STALLED_ID, cause: 'stalled', words: { type: 'queue.stalled', path: '/', data } };
}
