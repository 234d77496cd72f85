import { randomUUID } from 'node:crypto';
import { tellProviderStatuses } from '@understudy/shared/events/provider-statuses';
import { readCircuits } from '@understudy/shared/fleet/circuits';
import type { Clock } from '@understudy/shared/runtime/clock';
import { createPeriodicService, type Service } from '@understudy/shared/runtime/lifecycle';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Redis } from '@understudy/shared/runtime/redis';
import type { Store } from '@understudy/shared/store/connect';
import { keepLease, releaseLease } from '@understudy/shared/store/leases/keep-lease';
import { readProviders } from '@understudy/shared/store/providers/read-provider';
import {
  findOverBudget,
  readLiveStatuses,
  STATUS_FIELDS,
  type StatusSubject,
} from '../services/providers/live-status.ts';

const LEASE = 'provider-status';
const LEASE_MS = 3_000;
const EVERY_MS = 500;
/** What was spent is summed up from the ledger. */
const BUDGETS_EVERY_MS = 5_000;

/**
 * Looks at the status of every provider and tells what changed: health, circuit, cooldown or flag, those that end by
 * themselves too. One API process in the fleet looks, by a lease; a second at the same time would tell nothing twice.
 */
export function createProviderStatusTeller(options: {
  store: Store;
  /** A `fail-fast` connection: while Redis is away there is nobody to tell. */
  redis: Redis;
  prefix: string;
  clock: Clock;
  logger: Logger;
}): Service & { runOnce(): Promise<void> } {
  const { store, redis, prefix, clock, logger } = options;
  const lease = { name: LEASE, holder: randomUUID(), leaseMs: LEASE_MS };
  let isMine = false;
  let budgets = { readAt: -Infinity, over: new Set<string>() };

  async function readOverBudget(providers: readonly StatusSubject[]): Promise<Set<string>> {
    const now = clock.monotonic();
    if (now - budgets.readAt >= BUDGETS_EVERY_MS) {
      budgets = { readAt: now, over: await findOverBudget({ store, clock }, providers) };
    }
    return budgets.over;
  }

  async function tell() {
    const providers = await readProviders(store, { fields: STATUS_FIELDS });
    const ids = providers.map(({ _id }) => _id);
    const { circuits } = await readCircuits(redis, prefix, ids);
    const overBudget = await readOverBudget(providers);
    const statuses = await readLiveStatuses({ store }, providers, { circuits, overBudget });
    const described = providers.flatMap(({ _id: id, name }) => {
      const status = statuses.get(id);
      return status ? [{ id, name, status }] : [];
    });
    await tellProviderStatuses(redis, prefix, described);
  }

  async function runOnce() {
    try {
      isMine = await keepLease(store, lease);
      if (isMine) await tell();
    } catch (err) {
      // The next look sees the same change.
      logger.debug({ err }, 'the status of providers could not be told');
    }
  }

  const looking = createPeriodicService({ name: 'provider status', intervalMs: EVERY_MS, runOnce, logger });
  return {
    start: looking.start,
    runOnce,
    async stop() {
      await looking.stop();
      if (isMine) await releaseLease(store, lease).catch(() => {});
      isMine = false;
    },
  };
}
