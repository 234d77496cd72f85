/**
 * A mergeable histogram of durations: the bins of a DDSketch (C. Masson, J. Rim, H. Lee: "DDSketch: a fast and
 * fully-mergeable quantile sketch with relative-error guarantees", PVLDB 12, 2019), as plain counts by bin, so that
 * a database can add to them and merging is adding. Durations are held between 1 ms and 600 s: at most 334 bins.
 */
const RELATIVE_ERROR = 0.02;
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);
const MIN_MS = 1;
const MAX_MS = 600_000;

/** Counts by bin; a bin is the index that `toBin` gives. */
export type Bins = Record<string, number>;

/** The bin i of a duration in milliseconds: the one with γ^(i-1) < ms ≤ γ^i. */
export function toBin(ms: number): number {
  return Math.ceil(Math.log(Math.min(Math.max(ms, MIN_MS), MAX_MS)) / LOG_GAMMA);
}

/** The one duration, in milliseconds, that is within 2 % of every other of its bin: 2γ^i / (γ + 1). */
function fromBin(bin: number): number {
  return (2 * GAMMA ** bin) / (GAMMA + 1);
}

/**
 * The lower `q`-quantile (0..1) in milliseconds: within 2 % of the value at rank ⌊q(n-1)⌋ of those that were
 * counted. Null where there are none.
 */
export function toQuantile(bins: Bins, q: number): number | null {
  const sorted = Object.entries(bins)
    .map(([bin, count]) => ({ bin: Number(bin), count }))
    .toSorted((a, b) => a.bin - b.bin);
  const total = sorted.reduce((sum, { count }) => sum + count, 0);
  const rank = Math.floor(q * (total - 1));
  let seen = 0;
  for (const { bin, count } of sorted) {
    seen += count;
    if (seen > rank) return fromBin(bin);
  }
  return null;
}
