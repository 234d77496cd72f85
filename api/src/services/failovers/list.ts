import type { Failover, FailoverQuery } from '@understudy/shared/contracts/failover';
import { findFailovers } from '@understudy/shared/store/failovers/find-failovers';
import { toFailover } from '@understudy/shared/store/failovers/to-failover';
import type { Context } from '../../context.ts';
import { fromCursor, toPage } from '../../http/cursor.ts';
import { toVisibleClient, type Viewer } from '../../http/viewer.ts';
import { toProviderFilter } from '../providers/to-filter.ts';

/** A page of the failovers of the jobs that the viewer may see, newest first. */
export async function listFailovers(
  ctx: Context,
  { viewer, query }: { viewer: Viewer; query: FailoverQuery },
): Promise<{ data: Failover[]; nextCursor: string | null }> {
  const { limit, cursor, provider, ...rest } = query;
  const filter = {
    ...rest,
    client: toVisibleClient(viewer) ?? undefined,
    provider: provider === undefined ? undefined : toProviderFilter(ctx, provider),
  };
  const page = { limit: limit + 1, beforeId: fromCursor(cursor, 'fov') };
  const found = await findFailovers(ctx.store, filter, page);
  const { items, nextCursor } = toPage(found, limit, ({ _id }) => _id);
  return { data: items.map(toFailover), nextCursor };
}
