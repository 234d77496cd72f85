import type { ProviderStatus } from '@understudy/shared/contracts/provider';
import type { CircuitRecord } from '@understudy/shared/fleet/circuits';
import { readLocks } from '@understudy/shared/store/key-holders/read-key-holders';
import type { ProviderDocument } from '@understudy/shared/store/providers/model';
import { readLatestHealth } from '@understudy/shared/store/providers/read-provider';
import { readSpent } from '@understudy/shared/store/usage/read-spent';
import { toMonth, toMonthlyBudgetUsd } from '@understudy/shared/store/usage/budget';
import { toNanoUsd } from '@understudy/shared/store/usage/nano-usd';
import type { Context } from '../../context.ts';

export const STATUS_FIELDS = { name: 1, configuration: 1, apiKey: 1, flagged: 1 } as const;
/** A provider as far as its status needs to know it. */
export type StatusSubject = Pick<ProviderDocument, '_id' | keyof typeof STATUS_FIELDS>;

interface KnownOfAll {
  /** What the fleet said of the circuits; one that is absent is shown closed. */
  circuits: ReadonlyMap<string, CircuitRecord>;
  overBudget: ReadonlySet<string>;
}

/** What is known of each of these providers now. */
export async function readLiveStatuses(
  { store }: Pick<Context, 'store'>,
  providers: readonly StatusSubject[],
  { circuits, overBudget }: KnownOfAll,
): Promise<Map<string, ProviderStatus>> {
  const ids = providers.map(({ _id }) => _id);
  const [health, findLock] = await Promise.all([readLatestHealth(store, ids), readLocks(store)]);
  return new Map(
    providers.map(({ _id, apiKey, flagged }) => [
      _id,
      {
        health: health.get(_id)?.status ?? 'unknown',
        circuit: circuits.get(_id)?.circuit ?? 'closed',
        cooldownUntil: toIso(circuits.get(_id)?.cooldownUntil ?? null),
        flagged:
          flagged?.reason ??
          (findLock({ _id, apiKey }) ? 'unauthenticated' : overBudget.has(_id) ? 'budget' : null),
      },
    ]),
  );
}

/** Those that have spent their month's budget, by the ledger. */
export async function findOverBudget(
  { store, clock }: Pick<Context, 'store' | 'clock'>,
  providers: readonly StatusSubject[],
): Promise<Set<string>> {
  const month = toMonth(clock.now());
  const over = await Promise.all(
    providers.map(async ({ _id, configuration }) => {
      const limitUsd = toMonthlyBudgetUsd(configuration);
      if (limitUsd === null) return [];
      const { spent } = await readSpent(store, _id, month);
      return spent >= toNanoUsd(limitUsd) ? [_id] : [];
    }),
  );
  return new Set(over.flat());
}

function toIso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
