/** Work that nobody waits for, until a process is to stop. */
export interface PendingWork {
  /** Whoever adds it has seen to its faults: it must not reject. */
  add(work: Promise<unknown>): void;
  size(): number;
  /** Resolves when all that was added so far is over. */
  flush(): Promise<void>;
}

export function createPendingWork(): PendingWork {
  const pending = new Set<Promise<unknown>>();
  return {
    add(work) {
      const over = work.finally(() => pending.delete(over));
      pending.add(over);
    },
    size: () => pending.size,
    async flush() {
      await Promise.all(pending);
    },
  };
}
