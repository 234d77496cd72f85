import type { AlertType } from '../../contracts/alert.ts';
import type { Store } from '../connect.ts';
import { olderThan, type Page } from '../page.ts';
import type { AlertDocument } from './model.ts';

/** What the list of alerts is narrowed by; an absent part narrows nothing. */
export interface AlertFilter {
  open?: boolean | undefined;
  type?: AlertType | undefined;
  /** Whose endpoints may be named; null for those of every client. What names no endpoint is for everybody. */
  client: string | null;
}

/** Alerts that fit the filter, newest first; `beforeId` gives only those older than this one. */
export async function findAlerts(
  store: Store,
  { open, type, client }: AlertFilter,
  { limit, beforeId }: Page,
): Promise<AlertDocument[]> {
  return store.alerts
    .find({
      ...(open === undefined ? {} : { endedAt: open ? null : { $ne: null } }),
      ...(type === undefined ? {} : { type }),
      ...(client === null ? {} : { $or: [{ type: { $ne: 'webhook.disabled' } }, { 'data.client': client }] }),
      ...olderThan(beforeId),
    })
    .sort({ _id: -1 })
    .limit(limit)
    .lean<AlertDocument[]>();
}
