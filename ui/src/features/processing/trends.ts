import type { ProviderTrend } from '../../api/stats.ts';
import type { ChartSeries } from '../../components/chart/chart-series.ts';

type Point = ProviderTrend['series'][number];

/** What a line chart compares providers by, at a step without traffic, too. */
const MEASURES = {
  p50Ms: (point) => point?.p50Ms ?? null,
  p95Ms: (point) => point?.p95Ms ?? null,
  errorShare: (point) => (point?.requestCount ? point.errorCount / point.requestCount : null),
  requests: (point) => point?.requestCount ?? 0,
} satisfies Record<string, (point: Point | undefined) => number | null>;
export type Measure = keyof typeof MEASURES;

/** A line for each provider: its measure at each step, null where there is nothing to measure. */
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
      values: steps.map((at) => MEASURES[measure](byTime.get(at))),
    };
  });
}
