import type { ExecuteJob } from '../execute-job.ts';
import { createCheckHealthHandler, type CheckHealthDeps } from './check-health.ts';
import { createDeliverWebhookHandler } from './deliver-webhook.ts';
import { createDispatchClassificationHandler } from './dispatch-classification.ts';
import type { Handlers } from './handler.ts';
import { createRunDrillHandler, type RunDrillHandlerDeps } from './run-drill.ts';
import { createTestProviderHandler, type TestProviderDeps } from './test-provider.ts';
import { createTellEndsHandler } from './tell-ends.ts';
import { createUpkeepHandlers, type UpkeepDeps } from '../upkeep/create-upkeep-handlers.ts';
import type { DeliverDeps } from '../webhooks/deliver.ts';

type HandlersDeps = TestProviderDeps &
  RunDrillHandlerDeps &
  CheckHealthDeps &
  DeliverDeps &
  UpkeepDeps & { executeJob: ExecuteJob; onDispatched: () => void };

/** The handler of every job that this process may find on a queue. */
export function createHandlers(deps: HandlersDeps): Handlers {
  const checkHealth = createCheckHealthHandler(deps);
  return {
    'classification.dispatch': createDispatchClassificationHandler(deps),
    'classification.tell-ends': createTellEndsHandler(deps),
    'webhook.deliver': createDeliverWebhookHandler(deps),
    'interactive.provider-test': createTestProviderHandler(deps),
    'interactive.failover-drill': createRunDrillHandler(deps),
    'interactive.health-check': checkHealth,
    'health.check': checkHealth,
    ...createUpkeepHandlers(deps),
  };
}
