const NUMBERS = new Intl.NumberFormat('en-US');
const DOLLARS = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  minimumFractionDigits: 2,
  maximumFractionDigits: 6,
});

/** A count with commas at the thousands. */
export const toCount = (count: number): string => NUMBERS.format(count);

/** Dollars with as many decimals as they have, from two to six. */
export const toDollars = (usd: number): string => DOLLARS.format(usd);

/** A share in per cent with up to two decimals, rounded down so that it never looks better. */
export function toPercent(ratio: number): string {
  return `${Math.floor(ratio * 10_000 + 1e-6) / 100} %`;
}

/** A time in words, by its largest unit: `42 s`, `6 min`, `2.5 h`, `3 days`. */
export function toDuration(ms: number): string {
  if (ms < 60_000) return `${Math.round(ms / 1_000)} s`;
  if (ms < 60 * 60_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 48 * 60 * 60_000) return `${Math.round(ms / 360_000) / 10} h`;
  return `${Math.round(ms / 86_400_000)} days`;
}
