import type { Alert, AlertQuery } from '@understudy/shared/contracts/alert';
import { toPublicUrl } from '@understudy/shared/runtime/public-url';
import { findAlerts } from '@understudy/shared/store/alerts/find-alerts';
import { toAlert } from '@understudy/shared/store/alerts/to-alert';
import type { Context } from '../../context.ts';
import { readPage } from '../../http/cursor.ts';
import { toVisibleClient, type Viewer } from '../../http/viewer.ts';
import { inStoreTime } from '../../in-store-time.ts';

/** A page of alerts, newest first; of other clients' endpoints for administrators only. */
export async function listAlerts(
  ctx: Context,
  { viewer, ...query }: AlertQuery & { viewer: Viewer },
): Promise<{ data: Alert[]; nextCursor: string | null }> {
  const filter = { ...query, client: toVisibleClient(viewer) };
  const { items, nextCursor } = await readPage(query, 'alt', (page) =>
    inStoreTime(findAlerts(ctx.store, filter, page)),
  );
  const publicUrl = toPublicUrl(ctx.config, ctx.config.PORT);
  return { data: items.map((alert) => toAlert(alert, publicUrl)), nextCursor };
}
