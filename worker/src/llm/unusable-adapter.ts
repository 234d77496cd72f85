import { toBareFault, type Adapter } from './adapter.ts';

/** Stands in for an adapter that cannot be made (no key, a key that does not open, an impossible address): every call ends at once and says why. */
export function createUnusableAdapter(model: string, message: string): Adapter {
  const fault = toBareFault('unauthenticated', message);
  return {
    model,
    classify: () => Promise.resolve({ ok: false, fault }),
    listModels: () => Promise.resolve({ ok: false, fault }),
    close: () => Promise.resolve(),
  };
}
