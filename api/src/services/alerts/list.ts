import type { Alert, AlertQuery } from '@understudy/shared/contracts/alert';
import { toPublicUrl } from '@understudy/shared/runtime/public-url';
import { findAlerts } from '@understudy/shared/store/alerts/find-alerts';
import { toAlert } from '@understudy/shared/store/alerts/to-alert';
import type { Context } from '../../context.ts';
import { fromCursor, toPage } from '../../http/cursor.ts';
import { toVisibleClient, type Viewer } from '../../http/viewer.ts';
import { inStoreTime } from '../in-store-time.ts';

/** A page of alerts, newest first; of other clients' endpoints for administrators only. */
export async function listAlerts(
  ctx: Context,
  { viewer, limit, cursor, ...filter }: AlertQuery & { viewer: Viewer },
): Promise<{ data: Alert[]; nextCursor: string | null }> {
  const page = { limit: limit + 1, beforeId: fromCursor(cursor, 'alt') };
  const client = toVisibleClient(viewer);
  const found = await inStoreTime(findAlerts(ctx.store, { ...filter, client }, page));
  const { items, nextCursor } = toPage(found, limit, ({ _id }) => _id);
  const publicUrl = toPublicUrl(ctx.config, ctx.config.PORT);
  return { data: items.map((alert) => toAlert(alert, publicUrl)), nextCursor };
}
