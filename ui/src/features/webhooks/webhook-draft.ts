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

const FIELDS: Record<keyof WebhookDraft, string> = {
  url: 'address',
  events: 'events',
  description: 'description',
  enabled: 'whether it gets events',
};

/**
 * What was typed on top of what somebody else saved meanwhile: fields that were left alone are theirs, fields that were
 * changed here stay as typed. `changed` names what they changed.
 */
export function rebaseWebhookDraft(base: WebhookDraft, mine: WebhookDraft, theirs: WebhookDraft) {
  const fields = Object.keys(FIELDS) as (keyof WebhookDraft)[];
  const pick = <K extends keyof WebhookDraft>(field: K) => (isSame(mine, base, field) ? theirs : mine)[field];
  return {
    draft: {
      url: pick('url'),
      events: pick('events'),
      description: pick('description'),
      enabled: pick('enabled'),
    },
    changed: fields.filter((field) => !isSame(theirs, base, field)).map((field) => FIELDS[field]),
  };
}

/** Events are the same in whatever order. */
function isSame(one: WebhookDraft, other: WebhookDraft, field: keyof WebhookDraft): boolean {
  const toComparable = (value: WebhookDraft[keyof WebhookDraft]) =>
    JSON.stringify(Array.isArray(value) ? value.toSorted() : value);
  return toComparable(one[field]) === toComparable(other[field]);
}
