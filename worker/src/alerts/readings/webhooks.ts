import type { AlertFacts } from '../facts.ts';
import type { Reading } from '../reading.ts';

/** The endpoints that the service itself switched off, until they are switched on again or removed. */
export function toWebhookReadings({ disabledWebhooks }: AlertFacts): Reading[] {
  return disabledWebhooks.map(({ _id: webhookId, client, url, disabled }): Reading => {
    // An address may have a secret in its path.
    const host = URL.parse(url)?.host ?? '';
    const { reason, at } = disabled;
    const summary = `The webhook endpoint at ${host} of the client ${client} was disabled: ${reason}`;
    const words = {
      type: 'webhook.disabled' as const,
      path: '/',
      data: { summary, webhookId, client, host, reason },
    };
    return { id: `webhook/${webhookId}`, cause: at.toISOString(), words };
  });
}
