import type { ProviderFlag } from '@understudy/shared/contracts/provider';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { ModelsOutcome } from '../llm/adapter.ts';
import type { PooledProvider } from '../providers/provider-pool.ts';
import { fromModels, lists, type Checked } from './findings.ts';
import { listInTime } from './list-in-time.ts';

/**
 * Checks a provider free of charge, by listing its models. Always ends within `limitMs` and a tenth of a second.
 * A list shows that the provider took our key, and one that has the model that we may use it.
 */
export async function askModels(
  { adapter }: PooledProvider,
  { limitMs, clock }: { limitMs: number; clock: Clock },
): Promise<Checked> {
  const startedAt = clock.monotonic();
  const outcome = await listInTime(adapter, limitMs);
  const responseTimeMs = Math.round(clock.monotonic() - startedAt);
  return {
    finding: fromModels(outcome, { responseTimeMs, limitMs, model: adapter.model }),
    disproven: toDisproven(outcome, adapter.model),
  };
}

function toDisproven(outcome: ModelsOutcome, model: string): ProviderFlag[] {
  if (!outcome.ok || outcome.models === null) return [];
  return lists(outcome.models, model) ? ['unauthenticated', 'forbidden'] : ['unauthenticated'];
}
