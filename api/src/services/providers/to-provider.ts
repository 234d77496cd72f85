import type { Provider, ProviderInput } from '@understudy/shared/contracts/provider';
import { readCircuits, type CircuitRecord } from '@understudy/shared/runtime/circuits';
import type { ProviderHealthDocument } from '@understudy/shared/store/health/model';
import type { ProviderDocument } from '@understudy/shared/store/providers/model';
import { readSpent } from '@understudy/shared/store/usage/read-spent';
import { readLatestHealth } from '@understudy/shared/store/providers/read-provider';
import type { Context } from '../../context.ts';

/** A key this short would be half given away by its last four characters. */
const SHORTEST_SHOWN_KEY = 12;

/** What is shown of a key, or null. */
export function toLast4(apiKey: string | null): string | null {
  return apiKey !== null && apiKey.length >= SHORTEST_SHOWN_KEY ? apiKey.slice(-4) : null;
}

/** Providers as the API shows them, with their live status. */
export async function describeProviders(
  ctx: Context,
  providers: readonly ProviderDocument[],
): Promise<Provider[]> {
  const ids = providers.map(({ _id }) => _id);
  const [health, circuits, overBudget] = await Promise.all([
    readLatestHealth(ctx.store, ids),
    readCircuitsIfThere(ctx, ids),
    findOverBudget(ctx, providers),
  ]);
  return providers.map((provider) =>
    toProvider(provider, {
      health: health.get(provider._id),
      circuit: circuits.get(provider._id),
      isOverBudget: overBudget.has(provider._id),
    }),
  );
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

/** Those that have spent their month's budget, by the ledger. */
async function findOverBudget(
  { store, clock }: Context,
  providers: readonly ProviderDocument[],
): Promise<Set<string>> {
  const month = new Date(clock.now()).toISOString().slice(0, 7);
  const over = await Promise.all(
    providers.map(async ({ _id, configuration }) => {
      const limitUsd = 'monthlyBudgetUsd' in configuration ? configuration.monthlyBudgetUsd : null;
      if (limitUsd === null) return [];
      const { spent } = await readSpent(store, _id, month);
      return spent >= limitUsd * 1e9 ? [_id] : [];
    }),
  );
  return new Set(over.flat());
}

interface LiveStatus {
  health: ProviderHealthDocument | undefined;
  circuit: CircuitRecord | undefined;
  isOverBudget: boolean;
}

function toProvider(provider: ProviderDocument, { health, circuit, isOverBudget }: LiveStatus): Provider {
  return {
    id: provider._id,
    ...toShown(provider),
    createdAt: provider.createdAt.toISOString(),
    updatedAt: provider.updatedAt.toISOString(),
    status: {
      health: health?.status ?? 'unknown',
      circuit: circuit?.circuit ?? 'closed',
      cooldownUntil: toFutureIso(circuit?.cooldownUntil),
      flagged: provider.flagged?.reason ?? (isOverBudget ? 'budget' : null),
    },
  };
}

function toFutureIso(at: number | null | undefined): string | null {
  return typeof at === 'number' && at > Date.now() ? new Date(at).toISOString() : null;
}
