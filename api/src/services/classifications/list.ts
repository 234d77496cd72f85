import {
  MAX_PAGE_ROWS,
  type ClassificationQuery,
  type ClassificationRow,
} from '@understudy/shared/contracts/classification';
import { ValidationError } from '@understudy/shared/errors';
import { findJobs } from '@understudy/shared/store/jobs/find-jobs';
import { readAttempts } from '@understudy/shared/store/jobs/read-job';
import { toClassificationRow } from '@understudy/shared/store/jobs/to-classification';
import type { Context } from '../../context.ts';
import { fromCursor, toPage } from '../../http/cursor.ts';
import type { Viewer } from '../../http/viewer.ts';
import { showAllInLine } from './in-line.ts';
import { toFilter } from './to-filter.ts';

const ROWS = 50;

interface ListInput {
  viewer: Viewer;
  query: ClassificationQuery;
}

/**
 * A page of the jobs that the viewer may see. Where few of very many fit it may be a short one, or empty, with a cursor
 * all the same: so far it got in two seconds. @throws {ForbiddenError} for another client's without `admin`.
 */
export async function listClassifications(
  ctx: Context,
  { viewer, query }: ListInput,
): Promise<{ data: ClassificationRow[]; nextCursor: string | null }> {
  const { limit = ROWS, cursor, include = [] } = query;
  if (limit > MAX_PAGE_ROWS) {
    const detail = `is at most ${MAX_PAGE_ROWS}, but for CSV`;
    throw new ValidationError([{ pointer: '?limit', detail, code: 'too_big' }]);
  }
  const { jobs, goOnBehind } = await findJobs(ctx.store, toFilter(ctx, viewer, query), {
    limit: limit + 1,
    beforeId: fromCursor(cursor, 'job'),
    withText: include.includes('text'),
  });
  const { items, nextCursor } = toPage(jobs, limit, ({ _id }) => _id, goOnBehind);
  const [shown, attempts] = await Promise.all([
    showAllInLine(ctx, items),
    include.includes('attempts')
      ? readAttempts(
          ctx.store,
          items.map(({ _id }) => _id),
        )
      : null,
  ]);
  return { data: shown.map((job) => toClassificationRow(job, attempts?.get(job._id))), nextCursor };
}
