import type { EventQuery } from '@understudy/shared/contracts/event';
import type { Context } from '../../context.ts';
import { createEventFilter } from '../../events/event-filter.ts';
import type { OpenStream } from '../../events/event-streams.ts';
import type { Reply } from '../../http/route.ts';
import type { Viewer } from '../../http/viewer.ts';

interface OpenInput extends Pick<OpenStream, 'lastEventId' | 'signal'> {
  viewer: Viewer;
  query: EventQuery;
}

/**
 * Tells the viewer of events from now on, or from where they were cut off.
 * @throws {ForbiddenError} for a topic beyond their scopes; {AppError} `rate_limited` for one stream too many.
 */
export function openEvents(
  ctx: Context,
  { viewer, query, ...stream }: OpenInput,
): NonNullable<Reply['live']> {
  const filter = createEventFilter(viewer, query);
  const holder = viewer.actor.tokenId ?? viewer.actor.name;
  ctx.eventStreams.assertRoom(holder);
  return (res) => ctx.eventStreams.open({ ...stream, res, filter, holder });
}
