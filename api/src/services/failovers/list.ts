import type { Failover, FailoverQuery } from '@understudy/shared/contracts/failover';
import { findFailovers } from '@understudy/shared/store/failovers/find-failovers';
import { toFailover } from '@understudy/shared/store/failovers/to-failover';
import type { Context } from '../../context.ts';
import { readPage } from '../../http/cursor.ts';
import { toVisibleClient, type Viewer } from '../../http/viewer.ts';
import { toProviderFilter } from '../providers/to-filter.ts';

/** A page of the failovers of the jobs that the viewer may see, and of drills, newest first. */
export async function listFailovers(
  ctx: Context,
  { viewer, query }: { viewer: Viewer; query: FailoverQuery },
): Promise<{ data: Failover[]; nextCursor: string | null }> {
  const { provider, ...rest } = query;
  const filter = {
    ...rest,
    client: toVisibleClient(viewer) ?? undefined,
    provider: provider === undefined ? undefined : toProviderFilter(ctx, provider),
  };
  const { items, nextCursor } = await readPage(query, 'fov', (page) =>
    findFailovers(ctx.store, filter, page),
  );
  return { data: items.map(toFailover), nextCursor };
}
