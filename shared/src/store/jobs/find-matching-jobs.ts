import type { JobState } from '../../contracts/classification.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { isOutOfTime } from '../is-out-of-time.ts';
import { toMatch, withFault, type JobFilter } from './job-filter.ts';

/** Which jobs something can be done to. */
export interface Eligible {
  states: readonly JobState[];
  /** Only those that still have their text. */
  withText?: boolean;
  /** Only those that were not erased. */
  unerased?: boolean;
}

interface Stretch {
  /** Begins behind this id; null for the beginning. */
  afterId: string | null;
  /** Jobs that were accepted later are not meant: by their time, since an upload's ids are made when it begins. */
  acceptedBy: Date;
  /** Whether an index may be tried that tells what few jobs have; not again where that took too long. */
  tryIndex?: boolean;
}

/** Ids of jobs that fit, and the last that was looked at; null where that was the end. */
export interface Matching {
  jobIds: string[];
  lastId: string | null;
  /** Whether the next step may try an index. */
  tryIndex: boolean;
}

/** So many jobs are looked at in one step, which bounds its time and memory whatever the filter. */
const BATCH_SIZE = 1_000;
/** For a step by an index of what few jobs have, before they are looked at one by one. */
const SELECTED_MS = 500;

/**
 * Looks at the next thousand jobs of a stretch, oldest first, for those that fit a filter and that something can be
 * done to; where an index tells those, at the next thousand of them.
 */
export async function findMatchingJobs(
  store: Store,
  filter: JobFilter,
  eligible: Eligible,
  stretch: Stretch,
): Promise<Matching> {
  const { tryIndex = true } = stretch;
  const selected =
    tryIndex && isSelective(filter) ? await findSelected(store, filter, eligible, stretch) : null;
  return selected ?? lookThrough(store, filter, eligible, stretch);
}

function isSelective({ fault, labels, errorCode, degraded, batchId, metadata = {} }: JobFilter): boolean {
  if (fault !== undefined) return false;
  return Boolean(labels ?? errorCode ?? batchId ?? (degraded || Object.keys(metadata).length > 0));
}

/** Null where that takes too long, since nearly all that the index tells do not fit otherwise. */
async function findSelected(
  store: Store,
  filter: JobFilter,
  eligible: Eligible,
  { afterId, acceptedBy }: Stretch,
): Promise<Matching | null> {
  const within = { ...behind(afterId), createdAt: { $lte: acceptedBy } };
  try {
    const found = await toNative(store.jobs)
      .find(
        { $and: [within, toMatch(filter), toEligible(eligible)] },
        {
          projection: { _id: 1 },
          sort: { _id: 1 },
          limit: BATCH_SIZE,
          maxTimeMS: SELECTED_MS,
        },
      )
      .toArray();
    const jobIds = found.map(({ _id }) => _id);
    return { jobIds, lastId: jobIds.length < BATCH_SIZE ? null : (jobIds.at(-1) ?? null), tryIndex: true };
  } catch (error) {
    if (isOutOfTime(error)) return null;
    throw error;
  }
}

async function lookThrough(
  store: Store,
  filter: JobFilter,
  eligible: Eligible,
  { afterId, acceptedBy }: Stretch,
): Promise<Matching> {
  const jobs = toNative(store.jobs);
  const { states: asked, client } = filter;
  const states = eligible.states.filter((state) => asked === undefined || asked.includes(state));
  // Of one client nearly all are eligible for some, and few for others: whichever index holds less in vain.
  const byClient = client !== undefined && states.includes('succeeded');
  const within = {
    ...(byClient ? { client: { $eq: client } } : { state: { $in: states } }),
    ...behind(afterId),
  };
  const looked = await jobs
    .find(within, {
      projection: { _id: 1 },
      sort: { _id: 1 },
      limit: BATCH_SIZE,
      hint: byClient ? 'client' : 'state',
    })
    .toArray();
  if (looked.length === 0) return { jobIds: [], lastId: null, tryIndex: false };
  const ids = looked.map(({ _id }) => _id);
  const found = await jobs
    .aggregate<{ _id: string }>(
      [
        {
          $match: {
            $and: [
              { _id: { $in: ids }, createdAt: { $lte: acceptedBy } },
              toMatch(filter),
              toEligible(eligible),
            ],
          },
        },
        { $sort: { _id: 1 } },
        ...(filter.fault === undefined ? [] : withFault(filter.fault)),
        { $project: { _id: 1 } },
      ],
      { hint: { _id: 1 } },
    )
    .toArray();
  const lastId = looked.length < BATCH_SIZE ? null : (ids.at(-1) ?? null);
  return { jobIds: found.map(({ _id }) => _id), lastId, tryIndex: false };
}

const behind = (afterId: string | null) => (afterId === null ? {} : { _id: { $gt: afterId } });

function toEligible({ states, withText = false, unerased = false }: Eligible) {
  return {
    state: { $in: [...states] },
    ...(withText ? { text: { $type: 'string' as const } } : {}),
    ...(unerased ? { erasedAt: null } : {}),
  };
}
