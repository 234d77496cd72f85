import type { Clock } from '@understudy/shared/runtime/clock';
import type { Adapter, ModelsOutcome } from '../llm/adapter.ts';
import type { PooledProvider } from '../provider-pool.ts';
import { fromModels, type Finding } from './findings.ts';

/** How long an adapter may take to end after its signal aborted, before its call is left behind. */
const ABORT_GRACE_MS = 100;

/**
 * Checks a provider free of charge, by listing its models. Always ends within `limitMs` and a tenth of a second.
 * `proven` tells that the provider took our key: it gave the list.
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
    proven: outcome.ok && outcome.models !== null,
  };
}

async function listInTime(adapter: Adapter, limitMs: number): Promise<ModelsOutcome> {
  const limit = new AbortController();
  const overstayed = Promise.withResolvers<ModelsOutcome>();
  const timers = [
    setTimeout(() => limit.abort(new Error('The time of the check is up')), limitMs),
    setTimeout(() => overstayed.resolve(OVERSTAYED), limitMs + ABORT_GRACE_MS),
  ];
  try {
    return await Promise.race([adapter.listModels(limit.signal), overstayed.promise]);
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

const OVERSTAYED: ModelsOutcome = {
  ok: false,
  fault: {
    kind: 'silent',
    message: 'The call did not end when its time was up.',
    status: null,
    requestId: null,
    retryAfterMs: null,
    usage: null,
    answer: null,
  },
};
