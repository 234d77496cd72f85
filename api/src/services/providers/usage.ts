import type { ProviderUsage, UsageQuery } from '@understudy/shared/contracts/usage';
import { findProviderEverKnown } from '@understudy/shared/store/providers/read-provider';
import { readProviderUsage } from '@understudy/shared/store/usage/read-provider-usage';
import type { Context } from '../../context.ts';
import { orNotFound } from './find.ts';

/** Usage of a provider by id or name, of a deleted one by id. @throws {NotFoundError} where there never was one. */
export async function readUsage(
  ctx: Context,
  { idOrName, range }: { idOrName: string; range: UsageQuery },
): Promise<ProviderUsage> {
  const provider = orNotFound(await findProviderEverKnown(ctx.store, idOrName));
  return readProviderUsage(ctx.store, provider._id, range);
}
