/** The nearest-rank quantile of some numbers; `q` from 0 to 1. NaN of none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

/** A median over rounds, and between which values the rounds lay. */
export interface Spread {
  median: number;
  least: number;
  most: number;
}

export function toSpread(values: readonly number[]): Spread {
  return { median: quantile(values, 0.5), least: Math.min(...values), most: Math.max(...values) };
}

/** Brings each round of many to one number. */
export function spreadOf<T>(rounds: readonly T[], read: (round: T) => number): Spread {
  return toSpread(rounds.map(read));
}
