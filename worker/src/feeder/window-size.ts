/** What the queue of classifications holds. */
export interface QueueCounts {
  /** In the queue, with nobody at them. */
  waiting: number;
  /** With a worker. */
  active: number;
  delayed: number;
}

export interface WindowSize {
  /** Notes what the queue holds and how many jobs went into it since the last look. */
  look(counts: QueueCounts, added: number): void;
  /** Forgets what it held: it is lost, not finished. */
  forget(): void;
  /** How many jobs were finished in the last half second. */
  finishedLately(): number;
  /** How many more jobs may go into the window of a fleet that can work on `capacity` at once. */
  free(capacity: number): number;
}

const LATELY_MS = 500;
const AT_MOST = 5_000;

/** How large the window is: enough for every worker to have work until the next round, and little more. */
export function createWindowSize(monotonic: () => number): WindowSize {
  let held = 0;
  let finished: { at: number; jobs: number }[] = [];
  const finishedLately = () => finished.reduce((sum, { jobs }) => sum + jobs, 0);
  return {
    look({ waiting, active, delayed }, added) {
      const now = monotonic();
      const before = held;
      held = waiting + active + delayed;
      finished.push({ at: now, jobs: Math.max(0, before + added - held) });
      finished = finished.filter(({ at }) => at > now - LATELY_MS);
    },
    forget() {
      held = 0;
    },
    finishedLately,
    free: (capacity) => Math.max(0, Math.min(AT_MOST, 2 * capacity + finishedLately()) - held),
  };
}
