import type { ProviderHealthDetail } from '@understudy/shared/contracts/health';

/** The slots in words, worst first: `2 down, 1 degraded, 80 healthy, 7 without a check`. */
export function toSlotsSummary(slots: ProviderHealthDetail['slots']): string {
  const count = (status: string | null) => slots.filter((slot) => slot.status === status).length;
  const unchecked = count(null) + count('unknown');
  const parts = (['down', 'degraded', 'healthy'] as const)
    .map((status) => ({ status, slots: count(status) }))
    .filter((part) => part.slots > 0)
    .map((part) => `${part.slots} ${part.status}`);
  if (unchecked > 0) parts.push(`${unchecked} without a check`);
  return parts.join(', ');
}
