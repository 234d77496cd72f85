import type { ClassificationQuery, ClassificationRow } from '@understudy/shared/contracts/classification';
import { ForbiddenError } from '@understudy/shared/errors';
import { findJobs, type JobFilter } from '@understudy/shared/store/jobs/find-jobs';
import { readAttempts } from '@understudy/shared/store/jobs/read-job';
import type { Context } from '../../context.ts';
import { fromCursor, toPage } from '../../http/cursor.ts';
import { toVisibleClient, type Viewer } from '../../http/viewer.ts';
import { toProviderFilter } from '../providers/to-filter.ts';
import { toClassificationRow } from '@understudy/shared/store/jobs/to-classification';

const METADATA = 'metadata.';

interface ListInput {
  viewer: Viewer;
  query: ClassificationQuery;
}

/** A page of the jobs that the viewer may see. @throws {ForbiddenError} for another client's without `admin`. */
export async function listClassifications(
  ctx: Context,
  { viewer, query }: ListInput,
): Promise<{ data: ClassificationRow[]; nextCursor: string | null }> {
  const { limit, cursor, include = [] } = query;
  const found = await findJobs(ctx.store, toFilter(ctx, viewer, query), {
    limit: limit + 1,
    beforeId: fromCursor(cursor, 'job'),
    withText: include.includes('text'),
  });
  const { items, nextCursor } = toPage(found, limit, (job) => job._id);
  const attempts = include.includes('attempts')
    ? await readAttempts(
        ctx.store,
        items.map((job) => job._id),
      )
    : null;
  return { data: items.map((job) => toClassificationRow(job, attempts?.get(job._id))), nextCursor };
}

function toFilter(ctx: Context, viewer: Viewer, query: ClassificationQuery): JobFilter {
  const visible = toVisibleClient(viewer);
  if (visible !== null && query.client !== undefined && query.client !== visible)
    throw new ForbiddenError('admin');
  return {
    client: visible ?? query.client,
    states: query.state,
    labels: query.label,
    provider: query.provider === undefined ? undefined : toProviderFilter(ctx, query.provider),
    classifier: query.classifier,
    batchId: query.batchId,
    errorCode: query.errorCode,
    fault: query.fault,
    degraded: query.degraded,
    from: query.from,
    to: query.to,
    metadata: toMetadata(query),
  };
}

function toMetadata(query: ClassificationQuery): Record<string, string> {
  const pairs = Object.entries(query).filter(([key]) => key.startsWith(METADATA));
  return Object.fromEntries(pairs.map(([key, value]) => [key.slice(METADATA.length), String(value)]));
}
