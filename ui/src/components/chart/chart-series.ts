/** One line of a chart: a value for each of its times, null where there is none. */
export interface ChartSeries {
  name: string;
  values: readonly (number | null)[];
  isDashed?: boolean;
}
