import type { LabelStatsList, LabelStatsQuery } from '@understudy/shared/contracts/stats';
import { readLabelStats } from '@understudy/shared/store/answer-stats/read-label-stats';
import { findProviderEverKnown } from '@understudy/shared/store/providers/read-provider';
import { toProviderReference } from '@understudy/shared/store/providers/to-reference';
import type { Context } from '../../context.ts';
import { providerOrNotFound } from '../providers/provider-or-not-found.ts';

/**
 * How often each label was answered: by all, or by the provider that is named by id or name, a deleted one by its id, who is
 * in each row then. @throws {NotFoundError} where there never was such a provider.
 */
export async function readLabels(
  ctx: Context,
  { window, provider: idOrName }: LabelStatsQuery,
): Promise<LabelStatsList> {
  const now = ctx.clock.now();
  if (idOrName === undefined) return readLabelStats(ctx.store, { window, now });
  const found = providerOrNotFound(await findProviderEverKnown(ctx.store, idOrName));
  const provider = toProviderReference(found);
  const stats = await readLabelStats(ctx.store, { window, now, providerId: found._id });
  return { ...stats, data: stats.data.map((row) => ({ ...row, provider })) };
}
