import { createGroupCommit } from '../../runtime/group-commit.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { CONFIRMED } from '../confirmed.ts';
import { withOwnFields } from '../own-value.ts';
import type { AttemptEnd } from './model.ts';

export interface SettleAttempt {
  attemptId: string;
  end: AttemptEnd;
}

/**
 * Records how an attempt ended, whoever holds the job by now: a call that was paid for stays on record. An
 * attempt that usage has counted is not changed. Resolves with whether it was written.
 */
export function createSettleAttempt(store: Store): (input: SettleAttempt) => Promise<boolean> {
  const attempts = toNative(store.attempts);

  async function readSettled(batch: SettleAttempt[]) {
    const ids = batch.map(({ attemptId }) => attemptId);
    const found = await attempts
      .find({ _id: { $in: ids } }, { projection: { outcome: 1, durationMs: 1 }, ...CONFIRMED })
      .toArray();
    const byId = new Map(found.map((attempt) => [attempt._id, attempt]));
    return batch.map(({ attemptId, end }) => {
      const attempt = byId.get(attemptId);
      return attempt?.outcome === end.outcome && attempt.durationMs === end.durationMs;
    });
  }

  return createGroupCommit({
    async commit(batch) {
      const ids = batch.map(({ attemptId }) => attemptId);
      const ends = batch.map(({ end }) => end);
      const { matchedCount } = await attempts.updateMany(
        { _id: { $in: ids }, counted: false },
        [{ $replaceWith: withOwnFields('$_id', ids, ends) }, { $set: { settledAt: '$$NOW' } }],
        { hint: '_id_' },
      );
      return matchedCount === batch.length ? batch.map(() => true) : readSettled(batch);
    },
    async readBack(batch) {
      return (await readSettled(batch)).map((settled) => (settled ? true : undefined));
    },
  });
}
