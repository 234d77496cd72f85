import type { AlertFacts } from './facts.ts';
import type { Reading, ToldCauses } from './reading.ts';
import { toAvailabilityReadings } from './readings/availability.ts';
import { toBudgetReadings } from './readings/budgets.ts';
import { toDownReadings, toFlaggedReadings } from './readings/providers.ts';
import { toQueueReading } from './readings/queue.ts';
import { toWebhookReadings } from './readings/webhooks.ts';

/** All that the facts say, each matter once. A condition that none of them is about has lost its subject. */
export function toReadings(facts: AlertFacts, told: ToldCauses): Reading[] {
  return [
    ...toDownReadings(facts, told),
    ...toFlaggedReadings(facts),
    ...toBudgetReadings(facts, told),
    ...toAvailabilityReadings(facts, told),
    toQueueReading(facts),
    ...toWebhookReadings(facts),
  ];
}
