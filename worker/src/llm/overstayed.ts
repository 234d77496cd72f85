import { toBareFault, type Fault } from './adapter.ts';

/** How a call has ended whose adapter did not end it when its time was up. */
export const OVERSTAYED: { ok: false; fault: Fault } = {
  ok: false,
  fault: toBareFault('silent', 'The call did not end when its time was up.'),
};
