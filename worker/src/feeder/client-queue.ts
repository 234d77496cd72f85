import type { Store } from '@understudy/shared/store/connect';
import { findWaitingJobs, type Lane, type WaitingJob } from '@understudy/shared/store/jobs/waiting-jobs';
import type { Allowances } from './allowances.ts';

/** A job that is to go into the window, and the provider it was chosen for. */
export interface Chosen {
  jobId: string;
  providerId: string;
}

/** What one client has waiting at one priority, over all its lanes. */
export interface ClientQueue {
  client: string;
  /** Reads more of each lane that has run out, up to about `limit` jobs in all. */
  load(limit: number): Promise<void>;
  /** Takes the oldest job that some provider can take; null where there is none, or more must be read first. */
  take(): Chosen | null;
  /** Whether there is or may be a job to take. */
  hasMore(): boolean;
  /** The lanes in which nobody is left. */
  listDrained(): Lane[];
}

/** How far a lane was read. */
interface LaneCursor {
  lane: Lane;
  jobs: WaitingJob[];
  after: WaitingJob | null;
  isReadOut: boolean;
  /** Some of its jobs stay, too young to be answered by an understudy. */
  isLeft: boolean;
}

const isUnread = ({ jobs, isReadOut }: LaneCursor) => jobs.length === 0 && !isReadOut;

export function createClientQueue(options: {
  store: Store;
  client: string;
  lanes: readonly Lane[];
  allowances: Allowances;
}): ClientQueue {
  const { store, client, lanes, allowances } = options;
  const cursors = lanes.map((lane): LaneCursor => ({
    lane,
    jobs: [],
    after: null,
    isReadOut: false,
    isLeft: false,
  }));

  async function load(cursor: LaneCursor, limit: number) {
    const allowed = allowances.of(cursor.lane);
    if (cursor.jobs.length > 0 || cursor.isReadOut || !allowed) return;
    const { after, lane } = cursor;
    const asked = Math.min(Math.ceil(limit / lanes.length) + 1, allowed.atMost);
    cursor.jobs = await findWaitingJobs(store, lane, { after, until: allowed.until, limit: asked });
    cursor.after = cursor.jobs.at(-1) ?? after;
    cursor.isReadOut = cursor.jobs.length < asked;
    cursor.isLeft ||= allowed.until !== null;
  }

  return {
    client,
    load: async (limit) => void (await Promise.all(cursors.map((cursor) => load(cursor, limit)))),
    take() {
      // Its oldest job may be older than what is at hand.
      if (cursors.some((cursor) => isUnread(cursor) && allowances.of(cursor.lane))) return null;
      const ready = cursors.filter(({ jobs, lane }) => jobs.length > 0 && allowances.of(lane));
      const [oldest] = ready.toSorted((a, b) => Number(a.jobs[0]?.createdAt) - Number(b.jobs[0]?.createdAt));
      const job = oldest?.jobs.shift();
      if (!oldest || !job) return null;
      const providerId = allowances.take(oldest.lane, job.createdAt);
      if (providerId !== null) return { jobId: job._id, providerId };
      oldest.isLeft = true;
      return null;
    },
    hasMore: () =>
      cursors.some(({ jobs, isReadOut, lane }) => (jobs.length > 0 || !isReadOut) && allowances.of(lane)),
    listDrained: () =>
      cursors.flatMap(({ lane, jobs, isReadOut, isLeft }) =>
        isReadOut && jobs.length === 0 && !isLeft ? [lane] : [],
      ),
  };
}
