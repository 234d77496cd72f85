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
