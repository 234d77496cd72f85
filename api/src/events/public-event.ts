import type { EventType } from '@understudy/shared/contracts/event';
import type { AppEvent } from '@understudy/shared/events/events';

/** An event as the outside may see it, and what decides who may. */
export interface PublicEvent {
  type: EventType;
  data: object;
  /** Whose it is: nobody else sees it, but for administrators. Null where it is no client's, as a drill's is. */
  client: string | null;
  jobId: string | null;
  batchId: string | null;
}

const NOBODYS = { client: null, jobId: null, batchId: null };

/** What of an internal event goes out; null where it is for the processes alone. */
export function toPublicEvent(event: AppEvent): PublicEvent | null {
  switch (event.type) {
    case 'job.updated': {
      const { type, ...data } = event;
      return { type, data, client: event.client, jobId: event.id, batchId: event.batchId };
    }
    case 'batch.updated': {
      const { type, client, ...data } = event;
      return { type, data, client, jobId: null, batchId: event.id };
    }
    case 'failover': {
      const { type, client, ...data } = event;
      return { type, data, client: event.drill ? null : client, jobId: event.jobId, batchId: null };
    }
    case 'provider.status': {
      const { type, ...data } = event;
      return { type, data, ...NOBODYS };
    }
    case 'health.checked': {
      const { type, checkId: _checkId, ...data } = event;
      return { type, data, ...NOBODYS };
    }
    case 'interactive.finished':
      return null;
  }
}
