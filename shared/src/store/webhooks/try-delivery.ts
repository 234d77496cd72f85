import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { DeliveryDocument, DeliveryTry } from './delivery-model.ts';

/** More tries than the schedule has come only of redeliveries. */
const TRIES_KEPT = 100;

/** So far may the clock of a worker be behind that of who found a delivery due; less than any wait before a next try. */
const MAX_BEHIND_MS = 2_000;

/**
 * Begins a try, on record before the call is made. Null where there is nothing to do: settled, not due, or being tried
 * by somebody whose time is not up.
 */
export async function claimDelivery(
  store: Store,
  { id, token, now, until }: { id: string; token: string; now: Date; until: Date },
): Promise<DeliveryDocument | null> {
  const begun: DeliveryTry = { at: now, token, httpStatus: null, durationMs: null, error: null };
  const claimed = await toNative(store.deliveries).findOneAndUpdate(
    {
      _id: id,
      state: 'pending',
      nextTryAt: { $lte: new Date(now.getTime() + MAX_BEHIND_MS) },
      $or: [{ claim: null }, { heldUntil: { $lte: now } }],
    } as never,
    {
      $set: { claim: token, heldUntil: until },
      $push: { tries: { $each: [begun], $slice: -TRIES_KEPT } },
      $inc: { roundTries: 1 },
    } as never,
    { returnDocument: 'after' },
  );
  return claimed as DeliveryDocument | null;
}

/** How a try ended, and what becomes of its delivery. */
export interface TrySettled {
  end: Pick<DeliveryTry, 'httpStatus' | 'durationMs' | 'error'>;
  next: { state: 'delivered' | 'failed' } | { state: 'pending'; nextTryAt: Date };
}

/** Ends a try. @returns whether it was still this one's to decide; if not, only its end is put on record. */
export async function settleDelivery(
  store: Store,
  { id, token, now, settled }: { id: string; token: string; now: Date; settled: TrySettled },
): Promise<boolean> {
  const { end, next } = settled;
  const ended = {
    'tries.$.httpStatus': end.httpStatus,
    'tries.$.durationMs': end.durationMs,
    'tries.$.error': end.error,
  };
  const deliveries = toNative(store.deliveries);
  const decided = {
    ...ended,
    state: next.state,
    nextTryAt: next.state === 'pending' ? next.nextTryAt : null,
    finishedAt: next.state === 'pending' ? null : now,
    claim: null,
  };
  const { matchedCount } = await deliveries.updateOne(
    { _id: id, claim: token, 'tries.token': token },
    { $set: decided, $unset: { heldUntil: 1 } },
  );
  if (matchedCount === 1) return true;
  await deliveries.updateOne({ _id: id, 'tries.token': token }, { $set: ended });
  return false;
}
