import type { Route } from '../http/route.ts';
import { alertRoutes } from './alerts.ts';
import { auditRoutes } from './audit.ts';
import { batchRoutes } from './batches.ts';
import { classificationRoutes } from './classifications.ts';
import { classifierRoutes } from './classifiers.ts';
import { clientRoutes } from './clients.ts';
import { dispatchConfigRoutes } from './dispatch-config.ts';
import { docsRoutes } from './docs.ts';
import { evaluationRoutes } from './evaluations.ts';
import { eventRoutes } from './events.ts';
import { failoverRoutes } from './failovers.ts';
import { jobActionRoutes } from './job-actions.ts';
import { jobDeliveryRoutes } from './job-deliveries.ts';
import { providerHealthRoutes } from './provider-health.ts';
import { providerOfferRoutes } from './provider-offers.ts';
import { providerRoutes } from './providers.ts';
import { sessionRoutes } from './session.ts';
import { statsRoutes } from './stats.ts';
import { systemRoutes } from './system.ts';
import { tokenRoutes } from './tokens.ts';
import { usageRoutes } from './usage.ts';
import { webhookRoutes } from './webhooks.ts';

/** The route table: every path of the API, and what its OpenAPI document is made from. */
export const routes: readonly Route[] = [
  ...classificationRoutes,
  ...jobActionRoutes,
  ...jobDeliveryRoutes,
  ...batchRoutes,
  ...classifierRoutes,
  ...evaluationRoutes,
  ...providerRoutes,
  ...providerHealthRoutes,
  ...usageRoutes,
  ...dispatchConfigRoutes,
  ...failoverRoutes,
  ...eventRoutes,
  ...statsRoutes,
  ...alertRoutes,
  ...providerOfferRoutes,
  ...sessionRoutes,
  ...tokenRoutes,
  ...clientRoutes,
  ...webhookRoutes,
  ...auditRoutes,
  ...systemRoutes,
  ...docsRoutes,
];
