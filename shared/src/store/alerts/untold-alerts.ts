import type { Store } from '../connect.ts';
import type { AlertDocument } from './model.ts';

/** Alerts whose deliveries are still to be written, oldest first. */
export async function findUntoldAlerts(store: Store, limit: number): Promise<AlertDocument[]> {
  return store.alerts.find({ untold: true }).sort({ _id: 1 }).limit(limit).lean<AlertDocument[]>();
}

/** Notes that the deliveries of these alerts are written. */
export async function markAlertsTold(store: Store, ids: readonly string[]): Promise<void> {
  await store.alerts.updateMany({ _id: { $in: [...ids] } }, { $unset: { untold: 1 } });
}
