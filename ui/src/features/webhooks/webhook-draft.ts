import type { NewWebhook } from '@understudy/shared/client/webhooks';
import type { Webhook, WebhookEvent } from '@understudy/shared/contracts/webhook';

/** An endpoint as it stands in the form. */
export interface WebhookDraft {
  url: string;
  events: WebhookEvent[];
  description: string;
  enabled: boolean;
}

export function createWebhookDraft(): WebhookDraft {
  return {
    url: '',
    events: ['classification.succeeded', 'classification.failed'],
    description: '',
    enabled: true,
  };
}

export function toWebhookDraft({ url, events, description, enabled }: Webhook): WebhookDraft {
  return { url, events: [...events], description: description ?? '', enabled };
}

/** What the form means; every rule is the API's. */
export function fromWebhookDraft({ url, events, description, enabled }: WebhookDraft): NewWebhook {
  return { url: url.trim(), events, description: description.trim() || null, enabled };
}
