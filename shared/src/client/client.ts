import { createAlerts } from './alerts.ts';
import { createAudit } from './audit.ts';
import { createBatches } from './batches.ts';
import { createClassifications } from './classifications.ts';
import { createClassifiers } from './classifiers.ts';
import { createClients } from './clients.ts';
import { createConfig } from './config.ts';
import { createEvaluations } from './evaluations.ts';
import { createEvents } from './events.ts';
import { createFailovers } from './failovers.ts';
import { createProviders } from './providers.ts';
import { createSession } from './session.ts';
import { createStats } from './stats.ts';
import { createTokens } from './tokens.ts';
import { createTransport, type TransportOptions } from './transport.ts';
import { createUsage } from './usage.ts';
import { waitForJob, type WaitOptions } from './wait.ts';
import { createWebhooks } from './webhooks.ts';

/**
 * The typed client of the HTTP API, for browsers and Node. Every call throws `ProblemError` where the API refused
 * or failed, `UnreachableError` where it did not answer.
 */
export function createClient(options: TransportOptions) {
  const send = createTransport(options);
  const classifications = createClassifications(send);
  return {
    classifications: {
      ...classifications,
      /** Waits until the job is final and gives it; see `waitForJob` for how it ends otherwise. */
      wait: (id: string, options: WaitOptions = {}) => waitForJob(classifications.get, id, options),
    },
    batches: createBatches(send),
    classifiers: createClassifiers(send),
    evaluations: createEvaluations(send),
    providers: createProviders(send),
    config: createConfig(send),
    failovers: createFailovers(send),
    stats: createStats(send),
    alerts: createAlerts(send),
    events: createEvents(options),
    tokens: createTokens(send),
    clients: createClients(send),
    webhooks: createWebhooks(send),
    usage: createUsage(send),
    audit: createAudit(send),
    session: createSession(send),
  };
}
export type Client = ReturnType<typeof createClient>;
