import type { Evaluation, EvaluationRow } from '@understudy/shared/contracts/evaluation';
import { countFinal, type BatchTally } from '@understudy/shared/store/batches/count-batch';
import type { EvaluationScores, ProviderScore } from '@understudy/shared/store/evaluations/facts';
import type { EvaluationView } from '@understudy/shared/store/evaluations/read-evaluation';
import { toUsdOrNull } from '@understudy/shared/store/usage/nano-usd';

/** An evaluation as the API shows it. */
export function toEvaluation(
  batch: EvaluationView,
  tally: BatchTally,
  { scores, confusions }: EvaluationScores,
): Evaluation {
  const { providers } = batch.evaluation;
  return {
    ...toFields(batch, tally),
    providers: scores.flatMap((score, index) => {
      const provider = providers[index];
      return provider ? [{ provider, ...toScore(score), confusion: confusions[index] ?? [] }] : [];
    }),
  };
}

/** The same by the counts of the last look, with what is known of its end. */
export function toEvaluationRow(batch: EvaluationView): EvaluationRow {
  const { providers, summary } = batch.evaluation;
  const isCurrent = batch.finishedAt !== null && Number(summary?.finishedAt) === Number(batch.finishedAt);
  return {
    ...toFields(batch, batch),
    providers: isCurrent
      ? (summary?.scores.flatMap((score, index) => {
          const provider = providers[index];
          return provider ? [{ provider, ...toScore(score) }] : [];
        }) ?? null)
      : null,
  };
}

function toFields({ _id, client, createdAt, total, evaluation }: EvaluationView, tally: BatchTally) {
  const { counts, finishedAt } = tally;
  const { classifier, multiLabel, sampleCount } = evaluation;
  return {
    id: _id,
    client,
    classifier: { name: classifier.name, version: classifier.version },
    multiLabel,
    state: toState(tally),
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
    samples: sampleCount,
    done: countFinal(counts),
    total,
  };
}

function toState({ counts, finishedAt }: BatchTally): Evaluation['state'] {
  if (!finishedAt) return 'running';
  return counts.cancelled > 0 ? 'cancelled' : 'finished';
}

function toScore({ costNanoUsd, pricing, ...score }: ProviderScore) {
  const { done, answered, correct, accuracy, macroF1, p50Ms, p95Ms } = score;
  const costUsd = toUsdOrNull(costNanoUsd);
  return { done, answered, correct, accuracy, macroF1, costUsd, pricing, p50Ms, p95Ms };
}
