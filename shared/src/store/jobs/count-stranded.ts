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

/** Counts the jobs in line of whose providers `isOn` is true of none. */
export async function countStranded(store: Store, isOn: (name: string) => boolean): Promise<Stranded> {
  const names = new Set<string>();
  let jobs = 0;
  let lane: Lane | null = null;
  for (let step = 0; step < MAX_LANES && jobs < MAX_JOBS; step += 1) {
    lane = await findNextLane(store, lane);
    if (lane === null) return { jobs, isCut: false, names: [...names] };
    if (lane.providers === null || lane.providers.some(isOn)) continue;
    const found = await findWaitingJobs(store, lane, { after: null, until: null, limit: MAX_JOBS - jobs });
    jobs += found.length;
    for (const name of lane.providers) names.add(name.toLowerCase());
  }
  return { jobs, isCut: true, names: [...names] };
}
