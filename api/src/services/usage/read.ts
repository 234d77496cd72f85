import type {
  FleetUsage,
  FleetUsageQuery,
  ProviderUsage,
  UsageQuery,
} from '@understudy/shared/contracts/usage';
import { ForbiddenError } from '@understudy/shared/errors';
import type { ProviderDocument } from '@understudy/shared/store/providers/model';
import { findProviderEverKnown } from '@understudy/shared/store/providers/read-provider';
import { readFleetUsage as readFleet } from '@understudy/shared/store/usage/read-fleet-usage';
import { readProviderUsage, type UsageOptions } from '@understudy/shared/store/usage/read-provider-usage';
import type { Context } from '../../context.ts';
import { toVisibleClient, type Viewer } from '../../http/viewer.ts';
import { inStoreTime } from '../../in-store-time.ts';
import { providerOrNotFound } from '../providers/provider-or-not-found.ts';

/** Whose usage the viewer sees by name: all with `admin`, else the own client's. */
export function toShown(viewer: Viewer): (client: string) => boolean {
  const visible = toVisibleClient(viewer);
  return (client) => visible === null || client === visible;
}

/** @throws {ForbiddenError} where a query names another client without `admin`. */
export function assertMaySee(viewer: Viewer, client: string | undefined): void {
  if (client !== undefined && !toShown(viewer)(client)) throw new ForbiddenError('admin');
}

/** A provider by id or name, a deleted one by id. @throws {NotFoundError} where there never was one. */
export async function findUsed({ store }: Context, idOrName: string): Promise<ProviderDocument> {
  return providerOrNotFound(await inStoreTime(findProviderEverKnown(store, idOrName)));
}

/** Usage of one provider. @throws what `findUsed` and `assertMaySee` throw; {ValidationError} for the range. */
export async function readUsageOf(
  ctx: Context,
  { viewer, idOrName, query }: { viewer: Viewer; idOrName: string; query: UsageQuery },
): Promise<ProviderUsage> {
  assertMaySee(viewer, query.client);
  const provider = await findUsed(ctx, idOrName);
  return readProviderUsage(ctx.store, provider, query, toOptions(ctx, viewer));
}

/** Usage of all providers, or of the one that the query names. @throws as `readUsageOf`. */
export async function readFleetUsage(
  ctx: Context,
  { viewer, query: { provider, ...query } }: { viewer: Viewer; query: FleetUsageQuery },
): Promise<FleetUsage> {
  assertMaySee(viewer, query.client);
  const providerId = provider === undefined ? undefined : (await findUsed(ctx, provider))._id;
  return readFleet(ctx.store, { ...query, providerId }, toOptions(ctx, viewer));
}

function toOptions({ clock }: Context, viewer: Viewer): UsageOptions {
  return { now: clock.now(), isShown: toShown(viewer), bounded: inStoreTime };
}
