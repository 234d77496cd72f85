/** Those who wait for a place at a provider, first come first served. */
export interface WaitingLine {
  /** Resolves when it is woken for one of these, or `signal` aborts. */
  wait(providerIds: readonly string[], signal: AbortSignal): Promise<void>;
  /** Wakes the first who wait for this provider, as many as there are places: one where it is not said. */
  wake(providerId: string, places?: number): void;
  /** The providers that somebody waits for. */
  listWaitedFor(): string[];
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
    wake(providerId, places = 1) {
      const own = [...waiting].filter(({ providerIds }) => providerIds.includes(providerId));
      for (const { leave } of own.slice(0, places)) leave();
    },
    listWaitedFor: () => [...new Set([...waiting].flatMap(({ providerIds }) => providerIds))],
  };
}
