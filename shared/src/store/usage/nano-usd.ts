const NANO_PER_USD = 1e9;

/** Nano-dollars (10⁻⁹ USD) as the decimal number of dollars that the API shows. */
export function toUsd(nanoUsd: number): number {
  return nanoUsd / NANO_PER_USD;
}

/** The same where there may be no sum, as of what is unpriced. */
export function toUsdOrNull(nanoUsd: number | null | undefined): number | null {
  return nanoUsd === null || nanoUsd === undefined ? null : toUsd(nanoUsd);
}

/** Dollars as nano-dollars, not rounded. */
export function toNanoUsd(usd: number): number {
  return usd * NANO_PER_USD;
}
