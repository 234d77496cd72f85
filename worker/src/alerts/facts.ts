import type { readAvailability } from '@understudy/shared/store/availability/read-availability';
import type { ProviderHealthDocument } from '@understudy/shared/store/health/model';
import type { OldestWaiting } from '@understudy/shared/store/jobs/find-oldest-waiting';
import type { ProviderDocument } from '@understudy/shared/store/providers/model';
import type { BudgetState } from '@understudy/shared/store/usage/read-budgets';
import type { DisabledWebhook } from '@understudy/shared/store/webhooks/find-disabled';

export type KnownProvider = Pick<
  ProviderDocument,
  '_id' | 'name' | 'type' | 'enabled' | 'flagged' | 'configuration' | 'updatedAt'
>;

/** How much of a month's budget is gone. */
export type BudgetFacts = BudgetState<KnownProvider>;

/** Everything that a look at the stored state gives. */
export interface AlertFacts {
  nowMs: number;
  /** Those not deleted. */
  providers: readonly KnownProvider[];
  health: ReadonlyMap<string, ProviderHealthDocument>;
  budgets: readonly BudgetFacts[];
  availability: readonly Awaited<ReturnType<typeof readAvailability<'1h' | '30d'>>>[];
  availabilityTargetMs: number;
  /** The job that waits longest, of those whose waiting is nobody's wish; null where none does. */
  oldestWaiting: OldestWaiting | null;
  /** How many wait; only counted where one waits for too long. */
  waiting: number;
  /** Endpoints that the service itself switched off. */
  disabledWebhooks: readonly DisabledWebhook[];
}
