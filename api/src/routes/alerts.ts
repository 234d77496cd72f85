import { alertPage, alertQuery } from '@understudy/shared/contracts/alert';
import { route } from '../http/route.ts';
import { listAlerts } from '../services/alerts/list.ts';

export const alertRoutes = [
  route({
    id: 'listAlerts',
    method: 'GET',
    path: '/api/alerts',
    summary: 'List what operators were alerted of, newest first.',
    description:
      'With `open=true` what needs attention now. The same is told to the webhook endpoints that subscribe to it. What is ' +
      'over is kept for 30 days. `webhook.disabled` of other clients is listed with the scope `admin` only.',
    access: 'providers:read',
    query: alertQuery,
    replies: { 200: { description: 'A page of alerts.', schema: alertPage } },
    problems: ['invalid_cursor'],
    async handle(ctx, { viewer, query }) {
      return { status: 200, body: await listAlerts(ctx, { viewer, ...query }) };
    },
  }),
];
