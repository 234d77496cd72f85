import type { Store } from '../connect.ts';
import { findNextLane, findWaitingJobs, type Lane } from './waiting-jobs.ts';

/** Jobs in line that may go to nobody who is on. */
export interface Stranded {
  jobs: number;
  /** Whether there may be more: it looks at so many lines and jobs, and no further. */
  isCut: boolean;
  /** Whom they name, in lower case. */
  names: string[];
}

/** One seek each, and one more for those that are stranded. */
const MAX_LANES = 500;
const MAX_JOBS = 1_000;

/** Counts the jobs in line that name none of the providers that are `on`, by all of their names in lower case. */
export async function countStranded(store: Store, on: ReadonlySet<string>): Promise<Stranded> {
  const names = new Set<string>();
  let jobs = 0;
  let lane: Lane | null = null;
  for (let step = 0; step < MAX_LANES && jobs < MAX_JOBS; step += 1) {
    lane = await findNextLane(store, lane);
    if (lane === null) return { jobs, isCut: false, names: [...names] };
    const named = lane.providers?.map((name) => name.toLowerCase());
    if (!named || named.some((name) => on.has(name))) continue;
    const found = await findWaitingJobs(store, lane, { after: null, until: null, limit: MAX_JOBS - jobs });
    jobs += found.length;
    for (const name of named) names.add(name);
  }
  return { jobs, isCut: true, names: [...names] };
}
