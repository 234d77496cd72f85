import { MAX_LABEL_ROWS, type LabelStatsList, type StatsWindow } from '../../contracts/stats.ts';
import type { Store } from '../connect.ts';
import { WINDOW_MS } from '../../contracts/window-ms.ts';
import { addCounts, createAnswerCounts } from './answer-counts.ts';
import { readAnswers } from './read-answers.ts';
import { toSpans } from '../roll-up/to-spans.ts';

interface LabelStatsOptions {
  window: StatsWindow;
  now: number;
  /** Only what this provider answered. */
  providerId?: string | undefined;
}

/**
 * How often each label was answered in the window, the most frequent first. It begins with a whole hour, one of an hour
 * with a whole minute.
 */
export async function readLabelStats(
  store: Store,
  { window, now, providerId }: LabelStatsOptions,
): Promise<LabelStatsList> {
  const spans = toSpans(WINDOW_MS[window], now, window === '1h' ? 'minute' : 'hour');
  const sum = createAnswerCounts();
  for (const counts of (await readAnswers(store, { spans, now, providerId, withLabels: true })).values()) {
    addCounts(sum, counts);
  }
  const sorted = [...sum.labels].toSorted(
    ([a, one], [b, other]) => other.count - one.count || (a < b ? -1 : 1),
  );
  return {
    window,
    answered: sum.answers,
    data: sorted.slice(0, MAX_LABEL_ROWS).map(([label, { count, confidence, corrected, agreed }]) => ({
      label,
      count,
      share: count / sum.answers,
      avgConfidence: confidence / count,
      corrected,
      agreed,
    })),
    others: sorted.slice(MAX_LABEL_ROWS).reduce((total, [, { count }]) => total + count, sum.others.count),
  };
}
