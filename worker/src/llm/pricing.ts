import type { ProviderType } from '@understudy/shared/contracts/provider';
import { toNanoUsd } from '@understudy/shared/store/usage/nano-usd';
import { priceByOverride, type PriceOverride } from '@understudy/shared/store/usage/price-override';
import type { TokenUsage } from './adapter.ts';
import { CATALOGUE_VERSION, findCost } from './catalogue.ts';

export interface PriceRequest {
  type: ProviderType;
  model: string;
  usage: TokenUsage;
  /** The operator's own price, which comes first. It has no price for cached tokens: they cost as others do. */
  override: PriceOverride | null;
  /** When the call was made: prices change. Now where absent. */
  at?: Date;
}

export type AttemptPrice =
  | { costNanoUsd: number; pricing: 'priced' | 'free'; priceVersion: string | null }
  /** No price is known, which is not the same as no cost. */
  | { costNanoUsd: null; pricing: 'unpriced'; priceVersion: null };

/** What the tokens of one call cost, in whole nano-dollars (10⁻⁹ USD), rounded to the nearest. */
export function priceAttempt({ type, model, usage, override, at }: PriceRequest): AttemptPrice {
  if (type === 'local') return { costNanoUsd: 0, pricing: 'free', priceVersion: null };
  if (override) return priceByOverride(override, usage);
  const costUsd = findCost({ type, model }, usage, at);
  if (costUsd === null) return { costNanoUsd: null, pricing: 'unpriced', priceVersion: null };
  return { costNanoUsd: Math.round(toNanoUsd(costUsd)), pricing: 'priced', priceVersion: CATALOGUE_VERSION };
}
