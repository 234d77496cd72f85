import type { Adapter, Fault } from './adapter.ts';

/** Stands in for an adapter that cannot be made (no key, a key that does not open, an impossible address): every call ends at once and says why. */
export function createUnusableAdapter(model: string, message: string): Adapter {
  const fault: Fault = {
    kind: 'unauthenticated',
    message,
    status: null,
    requestId: null,
    retryAfterMs: null,
    usage: null,
    answer: null,
  };
  return {
    model,
    classify: () => Promise.resolve({ ok: false, fault }),
    listModels: () => Promise.resolve({ ok: false, fault }),
    close: () => Promise.resolve(),
  };
}
