import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import {
  toMatch,
  toStages,
  type FoundJob,
  type FoundPage,
  type JobFilter,
  type JobPage,
} from './job-filter.ts';

/** Some of the jobs next in line, newest first. */
interface Stretch {
  /** Whom to look at. */
  within: Record<string, unknown>;
  hint: string | { _id: 1 };
  /** The last of them; null where it reaches to the end. */
  lastId: string | null;
}

/** Looked at in one step: few enough for a fraction of a second, also where each has a text of 200,000 characters. */
const JOBS = 2_000;
const ATTEMPTS = 500;

/**
 * Looks at jobs stretch by stretch until there are `limit` that fit or the time is over, by `performance.now()`; at one
 * stretch at least. A fault's jobs are found by its attempts.
 */
export async function findInStretches(
  store: Store,
  filter: JobFilter,
  page: JobPage,
  endsAt: number,
  sizes = { jobs: JOBS, attempts: ATTEMPTS },
): Promise<FoundPage> {
  const jobs: FoundJob[] = [];
  let beforeId = page.beforeId;
  do {
    const { within, hint, lastId } =
      filter.fault === undefined
        ? await nextJobs(store, filter, beforeId, sizes.jobs)
        : await nextFaulty(store, filter.fault, beforeId, sizes.attempts);
    const rest = { ...page, limit: page.limit - jobs.length };
    const found = await toNative(store.jobs)
      .aggregate<FoundJob>([{ $match: { $and: [within, toMatch(filter)] } }, ...toStages(rest)], { hint })
      .toArray();
    jobs.push(...found);
    beforeId = lastId;
  } while (beforeId !== null && jobs.length < page.limit && performance.now() < endsAt);
  return { jobs, goOnBehind: jobs.length < page.limit ? beforeId : null };
}

/** By the narrowest index that is sure to have them in order. */
async function nextJobs(
  store: Store,
  { client, states }: JobFilter,
  beforeId: string | null,
  size: number,
): Promise<Stretch> {
  const [state] = states ?? [];
  const before = beforeId === null ? {} : { $lt: beforeId };
  const isOfState = states?.length === 1 && state !== undefined;
  const only = isOfState ? { state } : client === undefined ? {} : { client };
  const hint = isOfState ? 'state' : client === undefined ? ({ _id: 1 } as const) : 'client';
  const from = { ...only, ...(beforeId === null ? {} : { _id: before }) };
  const [last] = await toNative(store.jobs)
    .find(from, { projection: { _id: 1 }, sort: { _id: -1 }, skip: size - 1, limit: 1, hint })
    .toArray();
  const lastId = last?._id ?? null;
  return { within: { ...only, _id: { ...before, $gte: lastId ?? '' } }, hint, lastId };
}

async function nextFaulty(
  store: Store,
  fault: string,
  beforeId: string | null,
  size: number,
): Promise<Stretch> {
  // Those of jobs only, whose ids lie between `job_` and the character after `_`. What tests, drills and checks go by
  // sorts before them, and no list goes on behind that.
  const jobId = { $gt: 'job_', $lt: beforeId ?? 'job`' };
  const attempts = await toNative(store.attempts)
    .find(
      { fault: { $eq: fault } as never, jobId },
      { projection: { _id: 0, jobId: 1 }, sort: { jobId: -1 }, limit: size, hint: 'fault' },
    )
    .toArray();
  const jobIds = [...new Set(attempts.map(({ jobId }) => jobId))];
  const lastId = attempts.length < size ? null : (jobIds.at(-1) ?? null);
  return { within: { _id: { $in: jobIds } }, hint: { _id: 1 }, lastId };
}
