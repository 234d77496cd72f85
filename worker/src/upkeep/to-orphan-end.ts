import type { AttemptDocument, AttemptEnd } from '@understudy/shared/store/attempts/model';

/**
 * The end of an attempt whose worker is gone: aborted, for no fault of the provider's. The call may have been made and
 * billed, so what was reserved for it stands for its cost; unpriced where no price was known.
 */
export function toOrphanEnd({ provider, startedAt, limitAt, reservedNanoUsd }: AttemptDocument): AttemptEnd {
  const isFree = provider.type === 'local';
  return {
    outcome: 'aborted',
    fault: null,
    message: 'The worker died during the call.',
    status: null,
    requestId: null,
    // How long the call lasted is not known; it was over by its limit.
    durationMs: limitAt.getTime() - startedAt.getTime(),
    inputTokens: 0,
    outputTokens: 0,
    costNanoUsd: isFree ? 0 : (reservedNanoUsd ?? null),
    pricing: isFree ? 'free' : typeof reservedNanoUsd === 'number' ? 'estimated' : 'unpriced',
    priceVersion: null,
  };
}
