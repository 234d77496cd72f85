import type { ProviderRoom } from '../dispatch/admission/admission.ts';
import { REASON_MEANINGS } from '../dispatch/passed-over.ts';

/** Which deferred jobs need not wait for their time: all, those that wait for one of these providers, or none. */
export type ToWake = { who: 'all' } | { who: 'waiting_for'; providerIds: string[] } | { who: 'nobody' };

const mayBeCalled = ({ allowance }: ProviderRoom) => allowance !== 0;

/**
 * Compares what providers can take with what they could at the last look. One that is new or mended, or whose circuit
 * no longer refuses, may answer anybody. One whose limit frees before the time that it gave may answer those that wait
 * for it.
 */
export function toWake(
  before: ReadonlyMap<string, ProviderRoom>,
  rooms: readonly ProviderRoom[],
  nowMs: number,
): ToWake {
  const providerIds: string[] = [];
  for (const room of rooms.filter(mayBeCalled)) {
    const old = before.get(room.providerId);
    if (old && mayBeCalled(old)) continue;
    if (!old?.reason || REASON_MEANINGS[old.reason] === 'down') return { who: 'all' };
    if (old.untilAt === null || old.untilAt > nowMs) providerIds.push(room.providerId);
  }
  return providerIds.length > 0 ? { who: 'waiting_for', providerIds } : { who: 'nobody' };
}
