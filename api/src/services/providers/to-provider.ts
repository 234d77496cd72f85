import type { Provider, ProviderInput, ProviderStatus } from '@understudy/shared/contracts/provider';
import { readCircuits, type CircuitRecord } from '@understudy/shared/fleet/circuits';
import type { ProviderDocument } from '@understudy/shared/store/providers/model';
import type { Context } from '../../context.ts';
import { findOverBudget, readLiveStatuses } from './live-status.ts';

/** A key this short would be half given away by its last four characters. */
const MIN_SHOWN_KEY = 12;

/** What is shown of a key, or null. */
export function toLast4(apiKey: string | null): string | null {
  return apiKey !== null && apiKey.length >= MIN_SHOWN_KEY ? apiKey.slice(-4) : null;
}

/** Providers as the API shows them, with their live status. */
export async function describeProviders(
  ctx: Context,
  providers: readonly ProviderDocument[],
): Promise<Provider[]> {
  const ids = providers.map(({ _id }) => _id);
  const [circuits, overBudget] = await Promise.all([
    readCircuitsIfThere(ctx, ids),
    findOverBudget(ctx, providers),
  ]);
  const statuses = await readLiveStatuses(ctx, providers, { circuits, overBudget });
  return providers.flatMap((provider) => {
    const status = statuses.get(provider._id);
    return status ? [toProvider(provider, status)] : [];
  });
}

export async function describeProvider(ctx: Context, provider: ProviderDocument): Promise<Provider> {
  const [described] = await describeProviders(ctx, [provider]);
  if (!described) throw new Error('A provider vanished while it was described');
  return described;
}

/** Circuits as the fleet has them; with Redis away nothing is known of them, and they are shown closed. */
export async function readCircuitsIfThere(
  { redis, prefix }: Context,
  ids: readonly string[],
): Promise<Map<string, CircuitRecord>> {
  const read = readCircuits(redis, prefix, ids);
  return read.then(({ circuits }) => circuits).catch(() => new Map());
}

/** What the audit log keeps: everything but the key. */
export function toAudited(provider: ProviderDocument) {
  return { ...toShown(provider), flagged: provider.flagged?.reason ?? null };
}

function toShown(provider: ProviderDocument) {
  const { name, type, baseUrl, enabled, priority, rateLimit, configuration, apiKeyLast4 } = provider;
  const hasApiKey = provider.apiKey !== null;
  return { name, type, hasApiKey, apiKeyLast4, baseUrl, enabled, priority, rateLimit, configuration };
}

/** The stored provider as the body of a PUT that would keep it, and its key, as it is. */
export function toInput(provider: ProviderDocument): Record<keyof ProviderInput & string, unknown> {
  const { name, type, baseUrl, enabled, priority, rateLimit, configuration } = provider;
  return { name, type, baseUrl, enabled, priority, rateLimit, configuration, apiKey: undefined };
}

function toProvider(provider: ProviderDocument, status: ProviderStatus): Provider {
  return {
    id: provider._id,
    ...toShown(provider),
    createdAt: provider.createdAt.toISOString(),
    updatedAt: provider.updatedAt.toISOString(),
    status,
  };
}
