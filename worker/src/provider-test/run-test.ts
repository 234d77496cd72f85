import type { ProviderTestResult } from '@understudy/shared/contracts/provider';
import type { Clock } from '@understudy/shared/runtime/clock';
import { toUsdOrNull } from '@understudy/shared/store/usage/nano-usd';
import type { TinyAnswer } from '../classify-tiny.ts';
import { isRefused } from '../health/findings.ts';
import { listInTime } from '../health/list-in-time.ts';
import type { Fault } from '../llm/adapter.ts';
import type { PooledProvider } from '../providers/provider-pool.ts';
import { toTestMessage, type Tested } from './test-message.ts';

export interface ProviderTest {
  pooled: PooledProvider;
  hasKey: boolean;
  /** When its time is up, in milliseconds since 1970. */
  endsAt: number;
  /** Has the provider classify the sample, within so many milliseconds. */
  askSample: (limitMs: number) => Promise<TinyAnswer>;
  clock: Clock;
}

/** A hostile list must neither fill the ledger nor take the time of a worker. */
const MODELS_SHOWN = 2_000;
const NAME_SHOWN = 200;
const NOT_ASKED = { costUsd: null, pricing: null } as const;

/**
 * Lists the provider's models, then has it classify one tiny text, also where its key may not list them; ends by
 * `endsAt`, and a moment.
 */
export async function runTest(test: ProviderTest): Promise<ProviderTestResult> {
  const { pooled, hasKey, endsAt, askSample, clock } = test;
  const startedMs = clock.monotonic();
  const toElapsedMs = () => Math.round(clock.monotonic() - startedMs);
  const { type, baseUrl } = pooled.provider;
  const explain = (fault: Fault, at: Pick<Tested, 'stage' | 'models' | 'limitMs'>) =>
    toTestMessage(fault, { type, baseUrl, model: pooled.reference.model, hasKey, ...at });

  const listMs = endsAt - clock.now();
  if (listMs <= 0) return toProblem('The time of the test was up before it began. Try again.', 'timeout');
  const listing = await listInTime(pooled.adapter, listMs);
  if (!listing.ok && !isRefused(listing.fault)) {
    const { fault } = listing;
    const message = explain(fault, { stage: 'models', models: null, limitMs: listMs });
    return { ...toProblem(message, fault.kind), latencyMs: toElapsedMs() };
  }
  const listed = listing.ok ? listing.models : null;
  const models = listed?.slice(0, MODELS_SHOWN).map((name) => name.slice(0, NAME_SHOWN)) ?? null;
  const limitMs = endsAt - clock.now();
  if (limitMs <= 0) {
    const message = 'Listing the models took all the time that a test has: the provider is slow. Try again.';
    return { ...toProblem(message, 'timeout'), latencyMs: toElapsedMs(), models };
  }

  const { outcome, durationMs: latencyMs, end } = await askSample(limitMs);
  const costUsd = toUsdOrNull(end.costNanoUsd);
  const found = { latencyMs, models, costUsd, pricing: end.pricing };
  switch (outcome.kind) {
    case 'answered': {
      const [best] = outcome.result.labels;
      const sample = best ? { label: best.name, confidence: best.confidence } : null;
      return { ...found, ok: true, sample, fault: null, message: null };
    }
    case 'faulted': {
      const { fault } = outcome;
      const { model } = pooled.reference;
      // It may stand behind those that are shown.
      const known = listed?.includes(model) ? [...(models ?? []), model] : models;
      const message = explain(fault, { stage: 'sample', models: known, limitMs });
      return { ...toProblem(message, fault.kind), ...found };
    }
    case 'aborted':
    case 'defect':
      return { ...toProblem('The test met an error of the service itself.', null), ...found };
  }
}

/** A test that found no working provider. */
export function toProblem(message: string, fault: Fault['kind'] | null): ProviderTestResult {
  return { ok: false, latencyMs: 0, models: null, sample: null, fault, message, ...NOT_ASKED };
}
