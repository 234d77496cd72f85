import type { HealthSummary, ProviderHealthDetail, RangeQuery } from '@understudy/shared/contracts/health';
import { readHealthSummary } from '@understudy/shared/store/health/read-health-summary';
import { readProviderHealthDetail } from '@understudy/shared/store/health/read-provider-health-detail';
import { findProviderEverKnown } from '@understudy/shared/store/providers/read-provider';
import type { Context } from '../../context.ts';
import { providerOrNotFound } from './provider-or-not-found.ts';
import { readCircuitsIfThere } from './to-provider.ts';

/** The health of every provider and of the service, with slots where wanted, from the store: no provider is called. */
export async function readHealth(
  ctx: Context,
  { slots = false }: { slots?: boolean | undefined },
): Promise<HealthSummary> {
  const ids = ctx.catalogue.providers().map(({ _id }) => _id);
  const circuits = await readCircuitsIfThere(ctx, ids);
  return readHealthSummary(ctx.store, { slots, circuits, now: ctx.clock.now() });
}

/** Health of a provider by id or name, of a deleted one by id. @throws {NotFoundError} where there never was one. */
export async function readHealthOf(
  ctx: Context,
  { idOrName, range }: { idOrName: string; range: RangeQuery },
): Promise<ProviderHealthDetail> {
  const provider = providerOrNotFound(await findProviderEverKnown(ctx.store, idOrName));
  const circuits = await readCircuitsIfThere(ctx, [provider._id]);
  return readProviderHealthDetail(ctx.store, provider, range, { circuits, now: ctx.clock.now() });
}
