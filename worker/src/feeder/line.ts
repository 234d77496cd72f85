import type { Store } from '@understudy/shared/store/connect';
import { findWaitingJobs, type Lane, type WaitingJob } from '@understudy/shared/store/jobs/waiting-jobs';
import type { Allowances } from './allowances.ts';

/** A job that is to go into the window, and whom it is meant for. */
export interface Chosen {
  jobId: string;
  providerId: string;
}

/** What one client has waiting at one priority, over all its lanes. */
export interface Line {
  client: string;
  /** Reads more of each lane that has run out, at most so many. */
  load(limit: number): Promise<void>;
  /** Gives the oldest job that some provider can take; null where none is at hand. */
  take(): Chosen | null;
  /** Whether there is or may be a job to take. */
  hasMore(): boolean;
  /** The lanes in which nobody is left. */
  listDrained(): Lane[];
}

interface Head {
  lane: Lane;
  jobs: WaitingJob[];
  after: WaitingJob | null;
  isReadOut: boolean;
  /** Some of its jobs stay, too young to be answered by an understudy. */
  isLeft: boolean;
}

export function createLine(options: {
  store: Store;
  client: string;
  lanes: readonly Lane[];
  allowances: Allowances;
}): Line {
  const { store, client, lanes, allowances } = options;
  const heads = lanes.map((lane): Head => ({ lane, jobs: [], after: null, isReadOut: false, isLeft: false }));

  async function load(head: Head, limit: number) {
    const allowed = allowances.of(head.lane);
    if (head.jobs.length > 0 || head.isReadOut || !allowed) return;
    const { after, lane } = head;
    const asked = Math.min(limit, allowed.atMost);
    head.jobs = await findWaitingJobs(store, lane, { after, until: allowed.until, limit: asked });
    head.after = head.jobs.at(-1) ?? after;
    head.isReadOut = head.jobs.length < asked;
    head.isLeft ||= allowed.until !== null;
  }

  return {
    client,
    load: async (limit) => void (await Promise.all(heads.map((head) => load(head, limit)))),
    take() {
      const ready = heads.filter(({ jobs, lane }) => jobs.length > 0 && allowances.of(lane));
      const [head] = ready.toSorted((a, b) => Number(a.jobs[0]?.createdAt) - Number(b.jobs[0]?.createdAt));
      const job = head?.jobs.shift();
      if (!head || !job) return null;
      const providerId = allowances.take(head.lane, job.createdAt);
      if (providerId === null) head.isLeft = true;
      return providerId === null ? null : { jobId: job._id, providerId };
    },
    hasMore: () =>
      heads.some(({ jobs, isReadOut, lane }) => (jobs.length > 0 || !isReadOut) && allowances.of(lane)),
    listDrained: () =>
      heads.flatMap(({ lane, jobs, isReadOut, isLeft }) =>
        isReadOut && jobs.length === 0 && !isLeft ? [lane] : [],
      ),
  };
}
