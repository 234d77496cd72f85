export interface Timing {
  name: string;
  /** One measurement a round, in milliseconds. */
  ms: readonly number[];
}

/** Medians with their spread, and whether each holds the target. */
export function formatTable(timings: readonly Timing[], targetMs: number): string {
  const width = Math.max(...timings.map(({ name }) => name.length));
  const head = `${'page'.padEnd(width)}  median   least    most   of ${targetMs} ms`;
  const rows = timings.map(({ name, ms }) => {
    const sorted = ms.toSorted((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
    const figures = [median, sorted[0] ?? Number.NaN, sorted.at(-1) ?? Number.NaN];
    const columns = figures.map((value) => `${Math.round(value)} ms`.padStart(7)).join(' ');
    return `${name.padEnd(width)} ${columns}   ${median <= targetMs ? 'held' : 'MISSED'}`;
  });
  return [head, ...rows].join('\n');
}
