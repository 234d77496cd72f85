import { isFinal, type Classification } from '@understudy/shared/contracts/classification';
import type { Context } from '../../context.ts';
import type { Viewer } from '../../http/viewer.ts';
import { inStoreTime } from '../../in-store-time.ts';
import { describeJob } from './describe.ts';
import { findJob } from './find.ts';
import { waitForEnd } from './wait-for-end.ts';

interface GetInput {
  viewer: Viewer;
  id: string;
  /** How long to wait for the job's end, or null to answer at once. */
  waitSeconds: number | null;
  signal: AbortSignal;
}

/** One job, final or not. @throws {NotFoundError} where the viewer's client has none of this id. */
export async function getClassification(ctx: Context, input: GetInput): Promise<Classification> {
  const { viewer, id, waitSeconds, signal } = input;
  const find = () => findJob(ctx, viewer, id);
  const first = await inStoreTime(find().then((job) => describeJob(ctx, job)));
  if (waitSeconds === null || isFinal(first.state)) return first;
  return waitForEnd(ctx, { id, waitSeconds, signal, find });
}
