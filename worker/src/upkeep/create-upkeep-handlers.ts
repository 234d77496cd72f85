import { watchAlerts, type AlertsDeps } from '../alerts/watch-alerts.ts';
import { runLeased } from './run-leased.ts';
import type { Handlers } from '../handlers/handler.ts';
import { relayAnnouncements, type AnnouncementsDeps } from './announcements.ts';
import { createBatchUpkeep, type BatchesDeps } from './batches.ts';
import { freeClaims, type ClaimsDeps } from './claims.ts';
import { closeDeadlines, type DeadlinesDeps } from './deadlines.ts';
import { checkQueue, type QueueDeps } from './queue.ts';
import { createExpire, type RetentionDeps } from './retention.ts';
import { settleReservations, type ReservationsDeps } from './reservations.ts';
import { countUsage, type UsageDeps } from './usage.ts';
import { createWebhookUpkeep, type WebhooksDeps } from './webhooks.ts';

export type UpkeepDeps = ClaimsDeps &
  DeadlinesDeps &
  QueueDeps &
  AnnouncementsDeps &
  UsageDeps &
  ReservationsDeps &
  RetentionDeps &
  BatchesDeps &
  WebhooksDeps &
  AlertsDeps;

type UpkeepName = Extract<keyof Handlers, `upkeep.${string}`>;

/** The tasks of upkeep. Each may run at any time and again: what it does is bounded, and done once. */
export function createUpkeepHandlers(deps: UpkeepDeps): Pick<Handlers, UpkeepName> {
  return {
    'upkeep.deadlines': runLeased(deps, 'upkeep.deadlines', () => closeDeadlines(deps)),
    'upkeep.claims': runLeased(deps, 'upkeep.claims', () => freeClaims(deps)),
    'upkeep.queue': runLeased(deps, 'upkeep.queue', () => checkQueue(deps)),
    'upkeep.announcements': runLeased(deps, 'upkeep.announcements', () => relayAnnouncements(deps)),
    'upkeep.usage': runLeased(deps, 'upkeep.usage', () => countUsage(deps)),
    'upkeep.batches': runLeased(deps, 'upkeep.batches', createBatchUpkeep(deps)),
    'upkeep.reservations': runLeased(deps, 'upkeep.reservations', () => settleReservations(deps)),
    'upkeep.retention': runLeased(deps, 'upkeep.retention', createExpire(deps)),
    'upkeep.webhooks': runLeased(deps, 'upkeep.webhooks', createWebhookUpkeep(deps)),
    'upkeep.alerts': runLeased(deps, 'upkeep.alerts', () => watchAlerts(deps)),
  };
}
