import type { Pricing } from '../../contracts/classification.ts';
import type { JobUsage } from '../jobs/model.ts';

interface Priced {
  inputTokens?: number | null;
  outputTokens?: number | null;
  costNanoUsd?: number | null;
  pricing?: Pricing | null;
}

/**
 * What some attempts used in all. Where a part has no known price the sum is `partial` (the known part), or
 * `unpriced` and null where nothing is known.
 */
export function sumUsage(attempts: readonly Priced[]): JobUsage {
  const sum = (read: (attempt: Priced) => number | null | undefined) =>
    attempts.reduce((total, attempt) => total + (read(attempt) ?? 0), 0);
  const pricing = toCombinedPricing(
    attempts.flatMap((attempt) => (attempt.pricing ? [attempt.pricing] : [])),
  );
  return {
    inputTokens: sum((attempt) => attempt.inputTokens),
    outputTokens: sum((attempt) => attempt.outputTokens),
    costNanoUsd: pricing === 'unpriced' ? null : sum((attempt) => attempt.costNanoUsd),
    pricing,
  };
}

/** How a sum over parts that were priced so is priced itself. */
export function toCombinedPricing(parts: readonly Pricing[]): Pricing {
  const kinds = new Set(parts);
  const known = kinds.has('priced') || kinds.has('estimated');
  if (kinds.has('partial') || (kinds.has('unpriced') && known)) return 'partial';
  if (kinds.has('unpriced')) return 'unpriced';
  if (kinds.has('estimated')) return 'estimated';
  return known ? 'priced' : 'free';
}
