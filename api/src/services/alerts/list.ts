import type { Alert, AlertQuery } from '@understudy/shared/contracts/alert';
import { toPublicUrl } from '@understudy/shared/runtime/public-url';
import { findAlerts } from '@understudy/shared/store/alerts/find-alerts';
import { toAlert } from '@understudy/shared/store/alerts/to-alert';
import type { Context } from '../../context.ts';
import { fromCursor, toPage } from '../../http/cursor.ts';
import { inStoreTime } from '../in-store-time.ts';

/** A page of alerts, newest first. */
export async function listAlerts(
  ctx: Context,
  { limit, cursor, ...filter }: AlertQuery,
): Promise<{ data: Alert[]; nextCursor: string | null }> {
  const page = { limit: limit + 1, beforeId: fromCursor(cursor, 'alt') };
  const found = await inStoreTime(findAlerts(ctx.store, filter, page));
  const { items, nextCursor } = toPage(found, limit, ({ _id }) => _id);
  const publicUrl = toPublicUrl(ctx.config, ctx.config.PORT);
  return { data: items.map((alert) => toAlert(alert, publicUrl)), nextCursor };
}
