import { createLately } from './lately.ts';

/** What the queue of classifications holds. */
export interface QueueCounts {
  /** In the queue, with nobody at them. */
  waiting: number;
  /** With a worker. */
  active: number;
  delayed: number;
}

export interface WindowSize {
  /** Takes in what the queue holds by now. */
  look(counts: QueueCounts): void;
  /** Notes that so many more jobs went into the queue since. */
  noteAdded(jobs: number): void;
  /** Forgets what it held: it is lost, not finished. */
  forget(): void;
  /** How many jobs it holds, as far as is known. */
  held(): number;
  /** How many jobs may be at hand beyond those that are worked on: as many as were finished in the last half second. */
  ahead(): number;
  /** How many more jobs may go into the window of a fleet that can work on `capacity` at once. */
  free(capacity: number): number;
}

/** The window never holds more, whatever the fleet can do. */
export const MAX_WINDOW_JOBS = 5_000;
/** So that a slow fleet or provider, too, has its next jobs at hand. */
export const MIN_AHEAD_JOBS = 2;

/**
 * How large the window is: what the fleet can work on, and about half a second of work ahead of it. No more: a job in
 * the queue goes before later ones of its priority, whoever's they are, and cannot be put back in turn.
 */
export function createWindowSize(monotonic: () => number): WindowSize {
  let held = 0;
  const finished = createLately(monotonic);
  const ahead = () => Math.max(MIN_AHEAD_JOBS, finished.sum());
  return {
    look({ waiting, active, delayed }) {
      const before = held;
      held = waiting + active + delayed;
      finished.note(Math.max(0, before - held));
    },
    noteAdded(jobs) {
      held += jobs;
    },
    forget() {
      held = 0;
    },
    held: () => held,
    ahead,
    free: (capacity) => Math.max(0, Math.min(MAX_WINDOW_JOBS, capacity + ahead()) - held),
  };
}
