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
  /** How many jobs may be at hand beyond those that are worked on: as many as were finished in the last half second. */
  ahead(): number;
  /** How many more jobs may go into the window of a fleet that can work on `capacity` at once. */
  free(capacity: number): number;
}

const LATELY_MS = 500;
const AT_MOST = 5_000;
/** So that a slow fleet, too, has its next jobs at hand. */
const AHEAD_AT_LEAST = 2;

/**
 * How large the window is: what the fleet works on, and about half a second of work ahead of it. No more, since what is
 * in the window goes before whatever comes after it, however urgent or whosever that is.
 */
export function createWindowSize(monotonic: () => number): WindowSize {
  let held = 0;
  let finished: { at: number; jobs: number }[] = [];
  const ahead = () =>
    Math.max(
      AHEAD_AT_LEAST,
      finished.reduce((sum, { jobs }) => sum + jobs, 0),
    );
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
    ahead,
    free: (capacity) => Math.max(0, Math.min(AT_MOST, capacity + ahead()) - held),
  };
}
