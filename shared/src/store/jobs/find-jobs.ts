import type { JobErrorCode, JobState } from '../../contracts/classification.ts';
import type { FaultKind } from '../../contracts/fault.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { JobDocument } from './model.ts';

/** What a list of jobs is narrowed by; an absent part narrows nothing. */
export interface JobFilter {
  client?: string | undefined;
  states?: readonly JobState[] | undefined;
  labels?: readonly string[] | undefined;
  /** Who answered: one of these ids, or a provider that had this name then. */
  provider?: { ids: readonly string[]; name: string } | undefined;
  classifier?: string | undefined;
  batchId?: string | undefined;
  errorCode?: JobErrorCode | undefined;
  /** Kind of fault that some attempt ended with. */
  fault?: FaultKind | undefined;
  degraded?: boolean | undefined;
  /** On `createdAt`: `from` inclusive, `to` exclusive. */
  from?: Date | undefined;
  to?: Date | undefined;
  metadata?: Readonly<Record<string, string>> | undefined;
}

export interface JobPage {
  limit: number;
  /** Only jobs older than this one. */
  beforeId: string | null;
  withText: boolean;
}

export type FoundJob = Omit<JobDocument, 'text' | 'labels'> & Partial<Pick<JobDocument, 'text'>>;

/** Jobs that fit the filter, newest first, without their labels and, unless asked for, without their texts. */
export async function findJobs(store: Store, filter: JobFilter, page: JobPage): Promise<FoundJob[]> {
  const match = toMatch(filter);
  const before = page.beforeId === null ? {} : { _id: { $lt: page.beforeId } };
  return toNative(store.jobs)
    .aggregate<FoundJob>([
      { $match: { ...match, ...before } },
      { $sort: { _id: -1 } },
      ...(filter.fault === undefined ? [] : withFault(filter.fault)),
      { $limit: page.limit },
      { $project: { labels: 0, ...(page.withText ? {} : { text: 0 }) } },
    ])
    .toArray();
}

/** The match of a filter, but for `fault`; see `withFault`. */
export function toMatch(filter: JobFilter): Record<string, unknown> {
  const { provider, from, to } = filter;
  const equal = {
    client: filter.client,
    'classifier.name': filter.classifier,
    batchId: filter.batchId,
    'error.code': filter.errorCode,
    degraded: filter.degraded,
    ...Object.fromEntries(
      Object.entries(filter.metadata ?? {}).map(([key, value]) => [`metadata.${key}`, value]),
    ),
  };
  return {
    ...Object.fromEntries(
      Object.entries(equal).flatMap(([path, value]) => (value === undefined ? [] : [[path, { $eq: value }]])),
    ),
    ...(filter.states ? { state: { $in: filter.states } } : {}),
    ...(filter.labels ? { 'result.labels.name': { $in: filter.labels } } : {}),
    ...(provider
      ? { $or: [{ 'provider.id': { $in: provider.ids } }, { 'provider.name': provider.name }] }
      : {}),
    ...(from || to ? { createdAt: { ...(from ? { $gte: from } : {}), ...(to ? { $lt: to } : {}) } } : {}),
  };
}

/** Attempts are documents of their own; the join stops at the page's limit. */
export function withFault(fault: FaultKind) {
  return [
    {
      $lookup: {
        from: 'attempts',
        localField: '_id',
        foreignField: 'jobId',
        pipeline: [{ $match: { fault } }, { $limit: 1 }, { $project: { _id: 1 } }],
        as: 'faulty',
      },
    },
    { $match: { 'faulty.0': { $exists: true } } },
    { $project: { faulty: 0 } },
  ];
}
