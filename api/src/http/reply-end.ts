import type { Response } from 'express';

/** How a reply ended, for whoever counts, logs or traces it. */
interface ReplyEnd {
  /** Null where its caller did not get all of it: gone before, or cut in the middle. */
  status: number | null;
  isOurFault: boolean;
}

interface Marks {
  isLive?: boolean;
  isBroken?: boolean;
}

const marksOf = (res: Response) => res.locals as Marks;

/** Has a reply count as whole whenever its caller ends it: one that goes on until either side has enough. */
export function markLive(res: Response): void {
  marksOf(res).isLive = true;
}

/** Cuts a reply that has begun, so that its caller does not take it for whole. */
export function cutReply(res: Response, { isOurFault }: Pick<ReplyEnd, 'isOurFault'>): void {
  marksOf(res).isBroken = isOurFault;
  res.destroy();
}

/** Says how a reply ended that is finished or closed. */
export function toReplyEnd(res: Response): ReplyEnd {
  const { isLive = false, isBroken = false } = marksOf(res);
  if (isBroken || !(isLive || res.writableFinished)) return { status: null, isOurFault: isBroken };
  return { status: res.statusCode, isOurFault: res.statusCode >= 500 };
}
