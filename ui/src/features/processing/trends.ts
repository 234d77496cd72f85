import type { StatsWindow } from '@understudy/shared/contracts/stats';
import type { ProviderTrend } from '../../api/stats.ts';
import type { ChartSeries } from '../../components/chart/chart-series.ts';

type Point = ProviderTrend['series'][number];

/** What a line chart compares providers by. */
const MEASURES = {
  p50Ms: (point: Point) => point.p50Ms,
  p95Ms: (point: Point) => point.p95Ms,
  errorShare: (point: Point) => (point.requestCount === 0 ? null : point.errorCount / point.requestCount),
  requests: (point: Point) => point.requestCount,
} satisfies Record<string, (point: Point) => number | null>;
export type Measure = keyof typeof MEASURES;

const HOUR_MS = 3_600_000;
const STEP_MS: Record<StatsWindow, number> = {
  '1h': HOUR_MS,
  '24h': HOUR_MS,
  '7d': HOUR_MS,
  '30d': 24 * HOUR_MS,
};
const STEPS: Record<StatsWindow, number> = { '1h': 2, '24h': 25, '7d': 169, '30d': 31 };

/** The times of a window's steps, in milliseconds, oldest first; the last one is under way. */
export function toSteps(window: StatsWindow, now: number): number[] {
  const step = STEP_MS[window];
  const last = Math.floor(now / step) * step;
  return Array.from({ length: STEPS[window] }, (_, index) => last - (STEPS[window] - 1 - index) * step);
}

/** A line for each provider: its measure at each step, null where it had no traffic. */
export function toLines(
  trends: readonly ProviderTrend[],
  names: ReadonlyMap<string, string>,
  steps: readonly number[],
  measure: Measure,
): ChartSeries[] {
  return trends.map(({ id, series }) => {
    const byTime = new Map(series.map((point) => [Date.parse(point.at), point]));
    return {
      name: names.get(id) ?? id,
      values: steps.map((at) => {
        const point = byTime.get(at);
        return point ? MEASURES[measure](point) : null;
      }),
    };
  });
}
