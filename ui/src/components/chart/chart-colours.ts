/** What a chart is drawn with, as the theme in force has it. */
export function toChartColours(element: Element) {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: read('--ink-faint'),
    grid: read('--line'),
    mark: read('--warn-mark'),
    series: SERIES.map(read),
  };
}

/** Told apart in both themes and by those who see few colours; the legend names each beside its mark. */
const SERIES = ['--series-1', '--series-2', '--series-3', '--series-4', '--series-5', '--series-6'];

/** The colour of the line with this index, for a legend. */
export function toSeriesColour(index: number): string {
  return `var(${SERIES[index % SERIES.length]})`;
}
