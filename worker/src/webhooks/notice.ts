import type { DeliveryType } from '@understudy/shared/contracts/webhook';
import type { AnnouncedJob } from '@understudy/shared/store/jobs/announcements';

/** Something that happened once and that endpoints are to be told of. */
export interface Notice {
  /** The `webhook-id` of every try at telling it. */
  eventId: string;
  type: Exclude<DeliveryType, 'webhook.test'>;
  /** Whose endpoints; null for all of those that operators made. */
  client: string | null;
  at: Date;
  data: Record<string, unknown>;
}

/** The end of a job that is to be told. */
export type JobNotice = Omit<AnnouncedJob, 'announce'> & { eventId: string };
