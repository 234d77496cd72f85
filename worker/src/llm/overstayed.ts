import type { Fault } from './adapter.ts';

/** How a call has ended whose adapter did not end it when its time was up. */
export const OVERSTAYED: { ok: false; fault: Fault } = {
  ok: false,
  fault: {
    kind: 'silent',
    message: 'The call did not end when its time was up.',
    status: null,
    requestId: null,
    retryAfterMs: null,
    usage: null,
    answer: null,
  },
};
