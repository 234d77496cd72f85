import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { TargetDocument } from './target-model.ts';

/** A failing target is left alone for as long as it has been failing, within these bounds. */
const MIN_PAUSE_MS = 5_000;
const MAX_PAUSE_MS = 300_000;

/** The target's record where its latest call failed; null where all is well. */
export async function readTarget(store: Store, target: string): Promise<TargetDocument | null> {
  return store.targets.findById(target).lean<TargetDocument>();
}

/** Those of these targets that are failing. */
export async function readTargets(
  store: Store,
  targets: readonly string[],
): Promise<Map<string, TargetDocument>> {
  const found = await store.targets.find({ _id: { $in: [...targets] } }).lean<TargetDocument[]>();
  return new Map(found.map((target) => [target._id, target]));
}

/** Notes a good call, or that somebody mended the target: it is called freely again. */
export async function clearTarget(store: Store, target: string): Promise<void> {
  await store.targets.deleteOne({ _id: target });
}

/** Notes a failed call. @returns the record as it is now. */
export async function noteFailure(store: Store, target: string, now: Date): Promise<TargetDocument | null> {
  const failingMs = { $subtract: [now, '$failingSince'] };
  const pauseMs = { $min: [MAX_PAUSE_MS, { $max: [MIN_PAUSE_MS, failingMs] }] };
  const updated = await toNative(store.targets).findOneAndUpdate(
    { _id: target },
    [
      {
        $set: {
          failures: { $add: [{ $ifNull: ['$failures', 0] }, 1] },
          failingSince: { $ifNull: ['$failingSince', now] },
          updatedAt: now,
        },
      },
      { $set: { pausedUntil: { $add: [now, pauseMs] } } },
    ],
    { upsert: true, returnDocument: 'after' },
  );
  return updated as TargetDocument | null;
}

/** Ends a target's pause, since somebody wants it called now. */
export async function endPause(store: Store, target: string): Promise<void> {
  await store.targets.updateOne({ _id: target }, { pausedUntil: null });
}
