import type { Store } from '@understudy/shared/store/connect';
import { readAvailability } from '@understudy/shared/store/availability/read-availability';
import { countBacklog } from '@understudy/shared/store/jobs/count-backlog';
import { findOldestWaiting } from '@understudy/shared/store/jobs/find-oldest-waiting';
import { readLatestHealth, readProviders } from '@understudy/shared/store/providers/read-provider';
import { readBudgets } from '@understudy/shared/store/usage/read-budgets';
import { findDisabledWebhooks } from '@understudy/shared/store/webhooks/find-disabled';
import type { AlertFacts } from './facts.ts';
import type { ToldCauses } from './reading.ts';
import { STALLED_ID, toStalledMs } from './readings/queue.ts';

const PROVIDER_FIELDS = { name: 1, type: 1, enabled: 1, flagged: 1, configuration: 1, updatedAt: 1 } as const;
const MAX_WAITING = 1_000_000;
const MAX_DISABLED_WEBHOOKS = 1_000;

interface FactsOptions {
  store: Store;
  availabilityTargetMs: number;
  nowMs: number;
}

/** Reads what the alerts are judged by, from the ledger alone; no provider is called, and Redis is not asked. */
export async function readAlertFacts(options: FactsOptions, told: ToldCauses): Promise<AlertFacts> {
  const { store, nowMs, availabilityTargetMs } = options;
  const providers = await readProviders(store, { fields: PROVIDER_FIELDS, sort: { _id: 1 } });
  const ids = providers.map(({ _id }) => _id);
  const [health, budgets, availability, queue, disabledWebhooks] = await Promise.all([
    readLatestHealth(store, ids),
    readBudgets(store, providers, nowMs),
    Promise.all((['1h', '30d'] as const).map((window) => readAvailability(store, nowMs, window))),
    readQueue(options, told),
    findDisabledWebhooks(store, MAX_DISABLED_WEBHOOKS),
  ]);
  const read = { health, budgets, availability, disabledWebhooks, ...queue };
  return { nowMs, availabilityTargetMs, providers, ...read };
}

async function readQueue({ store, nowMs }: FactsOptions, told: ToldCauses) {
  const isTold = (told.get(STALLED_ID)?.cause ?? null) !== null;
  const before = new Date(nowMs - toStalledMs(isTold));
  const now = new Date(nowMs);
  const oldestWaiting = await findOldestWaiting(store, { before, running: isTold, now });
  // Counting is dear where very many wait, and only the telling needs it.
  const waiting = oldestWaiting && !isTold ? await countBacklog(store, MAX_WAITING) : 0;
  return { oldestWaiting, waiting };
}
