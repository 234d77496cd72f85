import { EVENT_TYPES, type EventQuery, type EventType } from '@understudy/shared/contracts/event';
import { coversScope, type Scope } from '@understudy/shared/contracts/scope';
import { ForbiddenError } from '@understudy/shared/errors';
import { toVisibleClient, type Viewer } from '../http/viewer.ts';
import type { PublicEvent } from './public-event.ts';

/** What one caller asked for and may see. */
export interface EventFilter {
  topics: ReadonlySet<EventType>;
  /** Whether the stream is about one job or batch only. */
  isNarrow: boolean;
  matches(event: PublicEvent): boolean;
}

const SCOPES: Record<EventType, Scope> = {
  'job.updated': 'jobs:read',
  'batch.updated': 'jobs:read',
  'provider.status': 'providers:read',
  failover: 'providers:read',
  'health.checked': 'providers:read',
  stats: 'providers:read',
};

/** By default all that the viewer's scopes allow. @throws {ForbiddenError} for a topic that they do not. */
export function createEventFilter(
  viewer: Viewer,
  { topics: asked, jobId, batchId }: EventQuery,
): EventFilter {
  const isAllowed = (topic: EventType) => coversScope(viewer.scopes, SCOPES[topic]);
  const refused = asked?.find((topic) => !isAllowed(topic));
  if (refused) throw new ForbiddenError(SCOPES[refused]);
  const topics = new Set(asked ?? EVENT_TYPES.filter(isAllowed));
  const client = toVisibleClient(viewer);
  return {
    topics,
    isNarrow: jobId !== undefined || batchId !== undefined,
    matches: (event) =>
      topics.has(event.type) &&
      (client === null || event.client === null || event.client === client) &&
      (jobId === undefined || event.jobId === jobId) &&
      (batchId === undefined || event.batchId === batchId),
  };
}
