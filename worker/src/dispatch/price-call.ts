import type { TokenUsage } from '../llm/adapter.ts';
import { priceAttempt, type AttemptPrice } from '../llm/pricing.ts';
import type { PooledProvider } from '../providers/provider-pool.ts';

/** What a call that uses so many tokens costs at a provider, at the price of `at`; of now where absent. */
export function priceCall(
  { provider: { configuration }, reference: { type, model } }: PooledProvider,
  usage: TokenUsage,
  at?: Date,
): AttemptPrice {
  const override = 'price' in configuration ? configuration.price : null;
  return priceAttempt({ type, model, usage, override, ...(at && { at }) });
}
