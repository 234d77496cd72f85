import type { Adapter, Fault } from './adapter.ts';

/** Stands in for an adapter whose vendor needs a key that the provider does not have: every call ends at once. */
export function createKeylessAdapter(model: string): Adapter {
  const fault: Fault = {
    kind: 'unauthenticated',
    message: 'The provider has no API key.',
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
