import type { Pricing } from '../../contracts/classification.ts';

/** An operator's own price, in US dollars per million tokens. */
export interface PriceOverride {
  inputUsdPerMillion: number;
  outputUsdPerMillion: number;
}

interface Tokens {
  inputTokens: number;
  outputTokens: number;
}

/**
 * What tokens cost at an operator's own price, in whole nano-dollars (10⁻⁹ USD), rounded to the nearest. The version
 * names the price, so that each attempt tells what it was priced by.
 */
export function priceByOverride(price: PriceOverride, { inputTokens, outputTokens }: Tokens) {
  const { inputUsdPerMillion, outputUsdPerMillion } = price;
  // A dollar per million tokens is a thousand nano-dollars per token.
  const nano = inputTokens * inputUsdPerMillion * 1_000 + outputTokens * outputUsdPerMillion * 1_000;
  return {
    costNanoUsd: Math.round(nano),
    pricing: 'priced' as const satisfies Pricing,
    priceVersion: toPriceVersion(price),
  };
}

/** As `override:0.1/0.4`: dollars per million input and output tokens. */
export function toPriceVersion({ inputUsdPerMillion, outputUsdPerMillion }: PriceOverride): string {
  return `override:${inputUsdPerMillion}/${outputUsdPerMillion}`;
}
