import type { ProviderRoom } from '../dispatch/admission.ts';

/** Which deferred jobs need not wait for their time: all, those that passed over one of these providers, or none. */
export type Awakening = { who: 'all' } | { who: 'passed_over'; providerIds: string[] } | { who: 'nobody' };

const hasRoom = ({ allowance }: ProviderRoom) => allowance !== 0;

/**
 * Compares what providers can take with what they could at the last look. One that is new, mended or whose circuit has
 * let go may answer anybody; one whose limit frees earlier than it said, those who were told to wait for it.
 */
export function toAwakening(
  before: ReadonlyMap<string, ProviderRoom>,
  rooms: readonly ProviderRoom[],
  nowMs: number,
): Awakening {
  const providerIds: string[] = [];
  for (const room of rooms.filter(hasRoom)) {
    const old = before.get(room.providerId);
    if (old && hasRoom(old)) continue;
    switch (old?.reason) {
      case undefined:
      case null:
      case 'circuit_open':
      case 'flagged':
      case 'disabled':
        return { who: 'all' };
      case 'context_window':
      case 'cooldown':
      case 'rate_limit':
      case 'tokens':
      case 'concurrency':
      case 'budget':
        if (old.untilAt === null || old.untilAt > nowMs) providerIds.push(room.providerId);
    }
  }
  return providerIds.length > 0 ? { who: 'passed_over', providerIds } : { who: 'nobody' };
}
