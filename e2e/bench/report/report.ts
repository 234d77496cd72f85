import type { Spread } from '../measure/quantile.ts';

/** One bar, and what was measured against it. */
export interface Bar {
  name: string;
  target: string;
  value: string;
  spread: string;
  isMet: boolean;
}

export interface Table {
  title?: string;
  head: string[];
  rows: string[][];
}

/** What one part of the benchmark found: its bars, what stands behind them, and how it was measured. */
export interface PartReport {
  how: string[];
  bars: Bar[];
  tables: Table[];
  /** What is to be known to read the figures. */
  notes?: string[];
}

type Bound = { atLeast: number } | { below: number };

/** Holds a spread's median against a bound. */
export function toBar(name: string, bound: Bound, spread: Spread, format: (value: number) => string): Bar {
  const isAtLeast = 'atLeast' in bound;
  return {
    name,
    target: isAtLeast ? `≥ ${format(bound.atLeast)}` : `< ${format(bound.below)}`,
    value: format(spread.median),
    spread: toRange(spread, format),
    isMet: isAtLeast ? spread.median >= bound.atLeast : spread.median < bound.below,
  };
}

export function toRange({ least, most }: Spread, format: (value: number) => string): string {
  return `${format(least)} to ${format(most)}`;
}

export const toRatio = (value: number) => value.toFixed(2);
export const toPercent = (value: number) => `${(value * 100).toFixed(0)} %`;
export const toWhole = (value: number) => Math.round(value).toLocaleString('en');
export const toMs = (value: number) =>
  `${value < 10 ? value.toFixed(2) : value.toFixed(value < 100 ? 1 : 0)} ms`;
export const toSeconds = (value: number) => `${(value / 1_000).toFixed(2)} s`;
