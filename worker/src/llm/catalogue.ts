import { calcPrice } from '@pydantic/genai-prices';
import type { ProviderType } from '@understudy/shared/contracts/provider';
import type { TokenUsage } from './adapter.ts';

/** Of the packaged catalogue, which does not say it itself; a test holds the two together. */
export const CATALOGUE_VERSION = 'genai-prices@0.1.8';

/**
 * The catalogue's name of each vendor. A compatible server may run anything under a well-known name, so only what the
 * operator says of it counts there.
 */
const CATALOGUE_IDS: Partial<Record<ProviderType, string>> = { openai: 'openai', anthropic: 'anthropic' };

interface Model {
  type: ProviderType;
  /** As the vendor names it, with a date or without. */
  model: string;
}

/** What tokens cost, in dollars, at that time; null where the catalogue does not know the model. */
export function findCost(of: Model, usage: TokenUsage, at?: Date): number | null {
  const counts = {
    input_tokens: usage.inputTokens,
    cache_read_tokens: Math.min(usage.cachedInputTokens, usage.inputTokens),
    output_tokens: usage.outputTokens,
  };
  return lookUp(of, counts, at)?.total_price ?? null;
}

/** How many tokens fit into a model; null where the catalogue does not know. */
export function findContextWindow(of: Model): number | null {
  return lookUp(of, {})?.model.context_window ?? null;
}

function lookUp({ type, model }: Model, counts: Record<string, number>, at?: Date) {
  const providerId = CATALOGUE_IDS[type];
  if (providerId === undefined) return null;
  return calcPrice(counts, model, { providerId, ...(at && { timestamp: at }) });
}
