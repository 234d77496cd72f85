import type { PassedOverReason } from '@understudy/shared/contracts/classification';

/** Turned down for good, held by a limit of ours or of the vendor's, its budget spent, or out of order. */
export type ReasonMeaning = 'rejected' | 'limited' | 'throttled' | 'over_budget' | 'down';

/** What being passed over for a reason means. */
export const REASON_MEANINGS: Record<PassedOverReason, ReasonMeaning> = {
  circuit_open: 'down',
  flagged: 'down',
  disabled: 'down',
  context_window: 'rejected',
  cooldown: 'throttled',
  rate_limit: 'limited',
  tokens: 'limited',
  concurrency: 'limited',
  budget: 'over_budget',
};
