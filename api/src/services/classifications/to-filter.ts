import type { ClassificationQuery } from '@understudy/shared/contracts/classification';
import { ForbiddenError } from '@understudy/shared/errors';
import type { JobFilter } from '@understudy/shared/store/jobs/job-filter';
import type { Context } from '../../context.ts';
import { toVisibleClient, type Viewer } from '../../http/viewer.ts';
import { toProviderFilter } from '../providers/to-filter.ts';

const METADATA = 'metadata.';

type Filter = Partial<ClassificationQuery>;

/** What a filter of the API means in the ledger. @throws {ForbiddenError} for another client's jobs without `admin`. */
export function toFilter(ctx: Context, viewer: Viewer, query: Filter): JobFilter {
  const visible = toVisibleClient(viewer);
  if (visible !== null && query.client !== undefined && query.client !== visible)
    throw new ForbiddenError('admin');
  return {
    client: visible ?? query.client,
    states: query.state,
    labels: query.label,
    provider: query.provider === undefined ? undefined : toProviderFilter(ctx, query.provider),
    ...toClassifier(query.classifier),
    batchId: query.batchId,
    errorCode: query.errorCode,
    fault: query.fault,
    degraded: query.degraded,
    from: query.from,
    to: query.to,
    metadata: toMetadata(query),
  };
}

/** `support` in every version, or `support@2` in one; no name has an `@`. */
function toClassifier(classifier: string | undefined): Pick<JobFilter, 'classifier' | 'classifierVersion'> {
  const [, name, version] = /^([^@]+)@([1-9]\d{0,6})$/.exec(classifier ?? '') ?? [];
  return { classifier: name ?? classifier, classifierVersion: version ? Number(version) : undefined };
}

function toMetadata(query: Filter): Record<string, string> {
  const pairs = Object.entries(query).filter(([key]) => key.startsWith(METADATA));
  return Object.fromEntries(pairs.map(([key, value]) => [key.slice(METADATA.length), String(value)]));
}
