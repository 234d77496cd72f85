import type { JobErrorCode, JobState } from '../../contracts/classification.ts';
import type { FaultKind } from '../../contracts/fault.ts';
import { within, withValues } from '../filter-parts.ts';
import type { Page } from '../page.ts';
import type { JobDocument } from './model.ts';

/** What a list of jobs is narrowed by; an absent part narrows nothing. */
export interface JobFilter {
  client?: string | undefined;
  states?: readonly JobState[] | undefined;
  labels?: readonly string[] | undefined;
  /** Who answered: one of these ids, or a provider that had this name then. */
  provider?: { ids: readonly string[]; name: string } | undefined;
  classifier?: string | undefined;
  /** With `classifier` only. */
  classifierVersion?: number | undefined;
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

export interface JobPage extends Page {
  withText: boolean;
}

export type FoundJob = Omit<JobDocument, 'text' | 'labels'> & Partial<Pick<JobDocument, 'text'>>;

export interface FoundPage {
  jobs: FoundJob[];
  /** Where the time ran out before there were `limit` of them: behind this job it goes on. Null where it did not. */
  goOnBehind: string | null;
}

/** Newest first, so many, in the form of a list. */
export function toStages({ limit, withText }: Pick<JobPage, 'limit' | 'withText'>) {
  return [
    { $sort: { _id: -1 as const } },
    { $limit: limit },
    { $project: { labels: 0, ...(withText ? {} : { text: 0 }) } },
  ];
}

/** The match of a filter, but for `fault`; see `withFault`. */
export function toMatch(filter: JobFilter): Record<string, unknown> {
  const { provider, metadata = {} } = filter;
  const equal = {
    client: filter.client,
    'classifier.name': filter.classifier,
    'classifier.version': filter.classifierVersion,
    batchId: filter.batchId,
    'error.code': filter.errorCode,
    degraded: filter.degraded,
    ...Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`metadata.${key}`, value])),
  };
  return {
    ...withValues(equal),
    // Only then may the index be used that leaves out the many jobs without any.
    ...(Object.keys(metadata).length > 0 ? { metadata: { $gt: {} } } : {}),
    ...(filter.states ? { state: { $in: filter.states } } : {}),
    ...(filter.labels ? { 'result.labels.name': { $in: filter.labels } } : {}),
    ...(provider
      ? { $or: [{ 'provider.id': { $in: provider.ids } }, { 'provider.name': provider.name }] }
      : {}),
    ...within('createdAt', filter),
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
