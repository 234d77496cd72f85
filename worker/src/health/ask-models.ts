import type { Clock } from '@understudy/shared/runtime/clock';
import type { PooledProvider } from '../providers/provider-pool.ts';
import { fromModels, lists, type Finding } from './findings.ts';
import { listInTime } from './list-in-time.ts';

/**
 * Checks a provider free of charge, by listing its models. Always ends within `limitMs` and a tenth of a second.
 * `proven` tells that the provider took our key for the model: it gave a list that has it.
 */
export async function askModels(
  { adapter }: PooledProvider,
  { limitMs, clock }: { limitMs: number; clock: Clock },
): Promise<{ finding: Finding; proven: boolean }> {
  const startedAt = clock.monotonic();
  const outcome = await listInTime(adapter, limitMs);
  const responseTimeMs = Math.round(clock.monotonic() - startedAt);
  return {
    finding: fromModels(outcome, { responseTimeMs, limitMs, model: adapter.model }),
    proven: outcome.ok && lists(outcome.models, adapter.model) === true,
  };
}
