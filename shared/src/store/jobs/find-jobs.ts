import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { isOutOfTime } from '../is-out-of-time.ts';
import { olderThan } from '../page.ts';
import { findInStretches } from './find-in-stretches.ts';
import {
  toMatch,
  toStages,
  type FoundJob,
  type FoundPage,
  type JobFilter,
  type JobPage,
} from './job-filter.ts';

/** For what an index finds at once, and for all; whoever owes an answer within 3 s gets a part of it in time. */
const AT_ONCE_MS = 1_000;
const TOTAL_MS = 2_000;

/**
 * Jobs that fit the filter, newest first, without their labels and, unless asked for, without their texts. Where few of
 * very many fit and no index tells which, it looks at them stretch by stretch for about two seconds.
 */
export async function findJobs(store: Store, filter: JobFilter, page: JobPage): Promise<FoundPage> {
  const endsAt = performance.now() + TOTAL_MS;
  const jobs = filter.fault === undefined ? await findAtOnce(store, filter, page) : null;
  return jobs ? { jobs, goOnBehind: null } : findInStretches(store, filter, page, endsAt);
}

/** Null where that would take longer. */
async function findAtOnce(store: Store, filter: JobFilter, page: JobPage): Promise<FoundJob[] | null> {
  try {
    return await toNative(store.jobs)
      .aggregate<FoundJob>(
        [{ $match: { ...toMatch(filter), ...olderThan(page.beforeId) } }, ...toStages(page)],
        { maxTimeMS: AT_ONCE_MS },
      )
      .toArray();
  } catch (error) {
    if (isOutOfTime(error)) return null;
    throw error;
  }
}
