import { alert, type AlertData, type AlertType } from '@understudy/shared/contracts/alert';
import { JOB, MAIN } from './classifications.ts';
import { answered } from './example.ts';
import { WEBHOOK } from './system.ts';

const CONSOLE = 'https://understudy.example.com';
const OF_MAIN = { url: `${CONSOLE}/advanced/providers/${MAIN.id}`, providerId: MAIN.id, name: MAIN.name };

/** What each type of alert says. */
export const ALERT_DATA: { [T in AlertType]: AlertData<T> } = {
  'provider.down': {
    ...OF_MAIN,
    summary: 'The provider main is down: 503: Service unavailable. One other provider is left.',
    status: 'down',
    errorMessage: '503: Service unavailable',
    checkedAt: '2026-03-02T09:29:48.200Z',
    providersLeft: 1,
  },
  'provider.recovered': {
    ...OF_MAIN,
    summary: 'The provider main answers again after 5 min.',
    status: 'healthy',
    responseTimeMs: 212,
    downSince: '2026-03-02T09:25:00.640Z',
    downForMs: 300_000,
  },
  'provider.flagged': {
    ...OF_MAIN,
    summary:
      'The provider main gets no more calls: it does not accept its key. It said: 401: Incorrect API key provided.',
    reason: 'unauthenticated',
    message: '401: Incorrect API key provided.',
    flaggedAt: '2026-03-02T09:30:00.000Z',
  },
  'budget.reached': {
    ...OF_MAIN,
    summary: 'The provider main has spent $40.12 of its $50.00 budget for 2026-03 (80 %).',
    percent: 80,
    month: '2026-03',
    limitUsd: 50,
    spentUsd: 40.12,
  },
  'availability.breached': {
    url: `${CONSOLE}/`,
    summary:
      'Availability over the last hour is 99.3 %, under its target of 99.9 %: 7 of 1,000 jobs had no full answer within 30 s.',
    window: '1h',
    accepted: 1_000,
    answered: 993,
    degraded: 0,
    missed: 7,
    ratio: 0.993,
    target: 0.999,
    targetMs: 30_000,
  },
  'queue.stalled': {
    url: `${CONSOLE}/`,
    summary: 'The oldest waiting job has waited for 6 min; 212 jobs wait in all.',
    oldestJobId: JOB.id,
    oldestWaitingMs: 360_000,
    waiting: 212,
  },
  'webhook.disabled': {
    url: `${CONSOLE}/`,
    summary:
      'The webhook endpoint at shop.example.com of the client default was disabled: it answered that it is gone for good (410).',
    webhookId: WEBHOOK.id,
    client: WEBHOOK.client,
    host: 'shop.example.com',
    reason: 'it answered that it is gone for good (410).',
  },
};

export const alertExamples = [
  answered(alert, {
    id: 'alt_01KB0XT7V9W1X4Y6Z8A0B2C3D5',
    type: 'provider.down',
    at: '2026-03-02T09:29:48.210Z',
    endedAt: null,
    data: ALERT_DATA['provider.down'],
  }),
];
