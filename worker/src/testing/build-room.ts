import type { ProviderRoom } from '../dispatch/admission/admission.ts';

/** What is known of a provider's room; one that is full, of which no more is said, unless told otherwise. */
export function buildRoom(overrides: Partial<ProviderRoom> = {}): ProviderRoom {
  return {
    providerId: 'main',
    room: 0,
    allowance: null,
    isRecovering: false,
    underWay: 0,
    ended: 0,
    reason: null,
    untilAt: null,
    ...overrides,
  };
}
