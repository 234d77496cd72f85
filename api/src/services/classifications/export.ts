import {
  CLASSIFICATION_CSV_COLUMNS,
  MAX_CSV_ROWS,
  type ClassificationQuery,
} from '@understudy/shared/contracts/classification';
import { ValidationError } from '@understudy/shared/errors';
import { findJobs } from '@understudy/shared/store/jobs/find-jobs';
import type { FoundJob, JobFilter } from '@understudy/shared/store/jobs/job-filter';
import { toClassificationRow } from '@understudy/shared/store/jobs/to-classification';
import type { Context } from '../../context.ts';
import { toCsvLine } from '../../http/csv.ts';
import { fromCursor } from '../../http/cursor.ts';
import type { Viewer } from '../../http/viewer.ts';
import { breathing } from '../breathing.ts';
import { inStoreTime } from '../../in-store-time.ts';
import { toFilter } from './to-filter.ts';

/** Rows read in one step. */
const BATCH_SIZE = 500;

interface Export {
  /** The most that it may have; a file with exactly so many may not be all. */
  limit: number;
  lines: AsyncIterable<string>;
}

/**
 * The jobs that the viewer may see as CSV, newest first, each as it is when its turn comes. `cursor` is that of a page, or
 * the id of the last row of a file. @throws {ForbiddenError} for another client's without `admin`.
 */
export function exportClassifications(
  ctx: Context,
  { viewer, query }: { viewer: Viewer; query: ClassificationQuery },
): Export {
  const { limit = MAX_CSV_ROWS, cursor, include } = query;
  if (include) {
    throw new ValidationError([{ pointer: '?include', detail: 'does not go with CSV', code: 'custom' }]);
  }
  const filter = toFilter(ctx, viewer, query);
  return { limit, lines: writeLines(ctx, filter, { limit, afterId: fromRowOrCursor(cursor) }) };
}

/** What a reader of a file has at hand is the id of its last row. */
function fromRowOrCursor(cursor: string | undefined): string | null {
  return cursor !== undefined && /^job_[0-9A-Z]{26,31}$/.test(cursor) ? cursor : fromCursor(cursor, 'job');
}

async function* writeLines(
  ctx: Context,
  filter: JobFilter,
  { limit, afterId }: { limit: number; afterId: string | null },
): AsyncGenerator<string> {
  const breathe = breathing();
  let text = toCsvLine(CLASSIFICATION_CSV_COLUMNS);
  let left = limit;
  for (let beforeId = afterId, isLast = false; !isLast;) {
    const page = { limit: Math.min(BATCH_SIZE, left), beforeId, withText: false };
    const found = await inStoreTime(findJobs(ctx.store, filter, page));
    for (const job of found.jobs) {
      text += toLine(job);
      await breathe();
    }
    // Before anything is sent a failure is told as such; so the header waits for the first rows. Where a look found none,
    // an empty text lets a caller be noticed who is gone.
    yield text;
    text = '';
    left -= found.jobs.length;
    const isFull = found.jobs.length === page.limit;
    beforeId = isFull ? (found.jobs.at(-1)?._id ?? null) : found.goOnBehind;
    isLast = left === 0 || beforeId === null;
  }
}

function toLine(job: FoundJob): string {
  const row = toClassificationRow(job, undefined);
  const { result, provider, usage } = row;
  return toCsvLine([
    row.id,
    row.client,
    row.state,
    result?.label ?? null,
    result?.labels[0]?.confidence ?? null,
    result && JSON.stringify(result.labels),
    row.degraded,
    provider?.name ?? null,
    provider?.model ?? null,
    row.attemptCount,
    usage.inputTokens,
    usage.outputTokens,
    usage.costUsd,
    usage.pricing,
    row.createdAt,
    row.startedAt,
    row.finishedAt,
    row.error?.code ?? null,
    row.batchId,
    JSON.stringify(row.metadata),
  ]);
}
