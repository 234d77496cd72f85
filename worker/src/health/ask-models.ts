import type { FaultKind } from '@understudy/shared/contracts/fault';
import type { ProviderFlag } from '@understudy/shared/contracts/provider';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { ModelsOutcome } from '../llm/adapter.ts';
import type { PooledProvider } from '../providers/provider-pool.ts';
import { fromModels, lists, type Checked } from './findings.ts';
import { listInTime } from './list-in-time.ts';

/**
 * Checks a provider free of charge, by listing its models. Always ends within `limitMs` and a tenth of a second.
 * A list shows that the provider took our key, and one that has the model that we may use it, unless it lists to
 * everybody, as OpenRouter does: while a flag is at stake, the list is asked for without the key as well. A key may
 * also list what it may not call; a flag that came back after a list had taken it off is another's to disprove.
 */
export async function askModels(
  { adapter, provider }: PooledProvider,
  { limitMs, clock }: { limitMs: number; clock: Clock },
): Promise<Checked> {
  const startedAt = clock.monotonic();
  const isBelieved = provider.flagged?.outlastsLists !== true;
  const forAll =
    provider.flagged && isBelieved && adapter.keyless ? listInTime(adapter.keyless, limitMs) : null;
  const outcome = await listInTime(adapter, limitMs);
  const responseTimeMs = Math.round(clock.monotonic() - startedAt);
  return {
    finding: fromModels(outcome, { responseTimeMs, limitMs, model: adapter.model }),
    disproven: isBelieved && provesKey(await forAll) ? toDisproven(outcome, adapter.model) : [],
  };
}

/** Faults with which a server turns away whoever has no key. */
const TURNED_AWAY = new Set<FaultKind>(['unauthenticated', 'forbidden', 'bad_request']);

/** Whether a list to us says anything of our key, by what came of asking without it; null where nobody asked. */
function provesKey(forAll: ModelsOutcome | null): boolean {
  return forAll === null || (!forAll.ok && TURNED_AWAY.has(forAll.fault.kind));
}

function toDisproven(outcome: ModelsOutcome, model: string): ProviderFlag[] {
  if (!outcome.ok || outcome.models === null) return [];
  return lists(outcome.models, model) ? ['unauthenticated', 'forbidden'] : ['unauthenticated'];
}
