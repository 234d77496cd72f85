/** Those who wait for a place at a provider, first come first served. */
export interface WaitingLine {
  /** Resolves when a place at one of these has come free, or `signal` aborts. */
  wait(providerIds: readonly string[], signal: AbortSignal): Promise<void>;
  /** Wakes the first who waits for this provider. */
  wake(providerId: string): void;
}

export function createWaitingLine(): WaitingLine {
  const waiting = new Set<{ providerIds: readonly string[]; leave: () => void }>();
  return {
    wait(providerIds, signal) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const leave = () => {
        waiting.delete(waiter);
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const waiter = { providerIds, leave };
      waiting.add(waiter);
      signal.addEventListener('abort', leave);
      if (signal.aborted) leave();
      return promise;
    },
    wake(providerId) {
      for (const { providerIds, leave } of waiting) {
        if (providerIds.includes(providerId)) return leave();
      }
    },
  };
}
