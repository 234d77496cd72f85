export interface Timing {
  name: string;
  /** One measurement a round, in milliseconds. */
  ms: readonly number[];
}

/** Medians with their spread, and whether each holds the target. */
export function formatTimings(timings: readonly Timing[], targetMs: number): string {
  const rows = timings.map(({ name, ms }) => {
    const sorted = ms.toSorted((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
    const figures = [median, sorted[0] ?? Number.NaN, sorted.at(-1) ?? Number.NaN];
    return [name, ...figures.map(toMs), median <= targetMs ? 'held' : 'MISSED'];
  });
  return formatTable(['page', 'median', 'least', 'most', `${targetMs} ms`], rows);
}

export interface Vitals {
  name: string;
  /** Largest contentful paint. */
  lcpMs: number;
  /** Cumulative layout shift. */
  cls: number;
  /** Total blocking time. */
  blockedMs: number;
  /** Spent in scripts since the page was opened. */
  scriptMs: number;
}

/** Beyond these Lighthouse no longer calls it good. */
const GOOD = { lcpMs: 2_500, cls: 0.1, blockedMs: 200 };

export function formatVitals(vitals: readonly Vitals[]): string {
  const rows = vitals.map(({ name, lcpMs, cls, blockedMs, scriptMs }) => {
    const isGood = lcpMs <= GOOD.lcpMs && cls <= GOOD.cls && blockedMs <= GOOD.blockedMs;
    return [name, toMs(lcpMs), cls.toFixed(3), toMs(blockedMs), toMs(scriptMs), isGood ? 'good' : 'POOR'];
  });
  return formatTable(['page', 'LCP', 'CLS', 'blocked', 'script', 'Lighthouse'], rows);
}

function toMs(value: number): string {
  return `${Math.round(value)} ms`;
}

function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const toLine = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  return [head, ...rows].map(toLine).join('\n');
}
