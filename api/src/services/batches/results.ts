import type { BatchResult } from '@understudy/shared/contracts/batch';
import type { Classification } from '@understudy/shared/contracts/classification';
import { groupBatchJobs, readBatchJobs } from '@understudy/shared/store/batches/batch-jobs';
import { toItemIndex } from '@understudy/shared/store/batches/item-id';
import { releaseBatch, type AcceptedBatch } from '@understudy/shared/store/batches/release-batch';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import type { Context } from '../../context.ts';
import type { Viewer } from '../../http/viewer.ts';
import { describeJobs } from '../classifications/describe.ts';
import { inStoreTime } from '../../in-store-time.ts';
import { findBatch } from './get.ts';

/** Jobs read at once, fewer of large ones. */
const BATCH_SIZE = 50;
/** Short lines are sent together. */
const CHUNK_LENGTH = 65_536;

/**
 * The jobs of a batch in order of input, as lines of JSON, each as it is when its turn comes, final or not.
 * @throws {NotFoundError} where the viewer's client has no such batch.
 */
export async function readResults(
  ctx: Context,
  input: { viewer: Viewer; id: string },
): Promise<AsyncIterable<string>> {
  const batch = await inStoreTime(findBatch(ctx, input));
  return writeJobLines(ctx, batch, ({ _id, customId = null }, job): BatchResult => ({
    index: toItemIndex(_id),
    customId,
    job,
  }));
}

/** One line for each job of a batch, or of an evaluation, in order of input. */
export async function writeJobLines(
  ctx: Context,
  batch: AcceptedBatch,
  toLine: (job: JobDocument, shown: Classification) => object,
): Promise<AsyncIterable<string>> {
  await releaseBatch(ctx.store, batch, inStoreTime);
  return generateLines(ctx, batch._id, toLine);
}

async function* generateLines(
  ctx: Context,
  batchId: string,
  toLine: (job: JobDocument, shown: Classification) => object,
): AsyncGenerator<string> {
  let afterId: string | null = null;
  for (;;) {
    const page = { afterId, limit: BATCH_SIZE };
    const groups: string[][] = await inStoreTime(groupBatchJobs(ctx.store, batchId, page));
    if (groups.length === 0) return;
    for (const jobIds of groups) yield* generateChunks(ctx, jobIds, toLine);
    afterId = groups.at(-1)?.at(-1) ?? null;
  }
}

async function* generateChunks(
  ctx: Context,
  jobIds: readonly string[],
  toLine: (job: JobDocument, shown: Classification) => object,
): AsyncGenerator<string> {
  const jobs = await inStoreTime(readBatchJobs(ctx.store, jobIds));
  const described = await inStoreTime(describeJobs(ctx, jobs));
  let text = '';
  for (const [position, job] of jobs.entries()) {
    const shown = described[position];
    if (shown) text += `${JSON.stringify(toLine(job, shown))}\n`;
    if (text.length < CHUNK_LENGTH) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}
