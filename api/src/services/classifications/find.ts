import { NotFoundError } from '@understudy/shared/errors';
import { toBatchIds } from '@understudy/shared/store/batches/item-id';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { readJob } from '@understudy/shared/store/jobs/read-job';
import type { Context } from '../../context.ts';
import { toVisibleClient, type Viewer } from '../../http/viewer.ts';
import { releaseAccepted } from '../batches/release-accepted.ts';

/** A job that the viewer may see. @throws {NotFoundError} where there is none of this id. */
export function findJob(ctx: Context, viewer: Viewer, id: string): Promise<JobDocument> {
  return findJobOf(ctx, toVisibleClient(viewer), id);
}

/** A job of one client, or of any for null. @throws {NotFoundError} where there is none of this id. */
export async function findJobOf(ctx: Context, client: string | null, id: string): Promise<JobDocument> {
  const find = () => readJob(ctx.store, id, client);
  const job = (await find()) ?? ((await releaseAccepted(ctx, toBatchIds(id))) ? await find() : null);
  if (!job) throw new NotFoundError('job_not_found', 'There is no such job.');
  return job;
}
