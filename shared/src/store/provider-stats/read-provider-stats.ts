import type { FaultKind } from '../../contracts/fault.ts';
import type { ProviderStats, StatsWindow } from '../../contracts/stats.ts';
import { createAnswerCounts, type AnswerCounts } from '../answer-stats/answer-counts.ts';
import { readAnswers } from '../answer-stats/read-answers.ts';
import { toSpans } from '../roll-up/to-spans.ts';
import type { Store } from '../connect.ts';
import { WINDOW_MS } from '../../contracts/window-ms.ts';
import type { ProviderDocument } from '../providers/model.ts';
import { toProviderReference } from '../providers/to-reference.ts';
import { readUsageSums } from '../usage/read-usage-sums.ts';
import { createUsageSum, toUsageTotals, type UsageSum } from '../usage/to-usage-totals.ts';

/** Ends that say something of what was asked, and nothing of whom it was asked of. */
const OF_THE_JOB: ReadonlySet<string> = new Set<FaultKind>([
  'context_length',
  'content_filter',
  'bad_request',
]);

/**
 * What each provider did in the window, which begins with a whole hour: those that are not deleted, and those that are and
 * had traffic in it; who answered most comes first. Reads buckets, and of the jobs only those of the last seconds.
 */
export async function readProviderStats(
  store: Store,
  window: StatsWindow,
  now: number,
): Promise<ProviderStats[]> {
  const spans = toSpans(WINDOW_MS[window], now, 'hour');
  const providers = await store.providers
    .find({}, { name: 1, type: 1, configuration: 1, deletedAt: 1 })
    .lean<Pick<ProviderDocument, '_id' | 'name' | 'type' | 'configuration' | 'deletedAt'>[]>();
  const [usage, answers] = await Promise.all([
    readUsageSums(store, { providerIds: providers.map(({ _id }) => _id), spans }),
    readAnswers(store, { spans, now, withLabels: false }),
  ]);
  const answered = [...answers.values()].reduce((sum, counts) => sum + counts.answers, 0);
  return providers
    .filter(({ _id, deletedAt }) => deletedAt === null || usage.has(_id) || answers.has(_id))
    .map((provider) => ({
      provider: toProviderReference(provider),
      deleted: provider.deletedAt !== null,
      ...toFigures(
        usage.get(provider._id) ?? createUsageSum(),
        answers.get(provider._id) ?? createAnswerCounts(),
        answered,
      ),
    }))
    .toSorted((a, b) => b.answered - a.answered || a.provider.name.localeCompare(b.provider.name));
}

function toFigures(usage: UsageSum, answers: AnswerCounts, answeredByAll: number) {
  const { totalCostUsd, errorsByFault, p50Ms, p95Ms, pricing, unpricedCount, estimatedUsd } =
    toUsageTotals(usage);
  const errors = Object.entries(errorsByFault).filter(([fault]) => !OF_THE_JOB.has(fault));
  const telling = errors.reduce((sum, [, count]) => sum + count, usage.successes);
  return {
    attempts: usage.requests,
    answered: answers.answers,
    degraded: answers.degraded,
    share: toRatio(answers.answers, answeredByAll),
    successRatio: toRatio(usage.successes, telling),
    errorsByFault,
    p50Ms,
    p95Ms,
    costUsd: totalCostUsd,
    pricing,
    unpricedCount,
    estimatedUsd,
    costPerThousandUsd: totalCostUsd === null ? null : toRatio(totalCostUsd * 1_000, answers.answers),
    avgConfidence: toRatio(answers.confidence, answers.labelled),
    corrected: answers.corrected,
    agreed: answers.agreed,
  };
}

function toRatio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
