import type { ProviderStatsList, StatsQuery } from '@understudy/shared/contracts/stats';
import { readProviderStats } from '@understudy/shared/store/provider-stats/read-provider-stats';
import type { Context } from '../../context.ts';

/** What each provider did in the window, side by side. */
export async function compareProviders(ctx: Context, { window }: StatsQuery): Promise<ProviderStatsList> {
  return { window, data: await readProviderStats(ctx.store, window, ctx.clock.now()) };
}
