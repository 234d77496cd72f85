import type { ClassificationQuery, ClassificationRow } from '@understudy/shared/contracts/classification';
import { findJobs } from '@understudy/shared/store/jobs/find-jobs';
import { readAttempts } from '@understudy/shared/store/jobs/read-job';
import type { Context } from '../../context.ts';
import { fromCursor, toPage } from '../../http/cursor.ts';
import type { Viewer } from '../../http/viewer.ts';
import { toClassificationRow } from '@understudy/shared/store/jobs/to-classification';
import { toFilter } from './to-filter.ts';

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
