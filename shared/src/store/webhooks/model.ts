import type { Connection } from 'mongoose';
import type { WebhookEvent } from '../../contracts/webhook.ts';
import type { SigningSecret } from '../../secrets/webhook-secret.ts';
import { defineModel, nullable, opaque, required } from '../define-model.ts';

/** An endpoint that a client registered. */
export interface WebhookDocument {
  _id: string;
  client: string;
  url: string;
  events: WebhookEvent[];
  description: string | null;
  enabled: boolean;
  /** Why the service itself switched it off; null where it did not, or somebody switched it on again. */
  disabled: { at: Date; reason: string } | null;
  /** Newest first. */
  secrets: SigningSecret[];
  /** Rises with every change; the ETag is made from it. */
  revision: number;
  createdAt: Date;
  updatedAt: Date;
}

/** Associated data of the envelopes of an endpoint's secrets. */
export const toWebhookSecretPlace = (webhookId: string) => ({ id: webhookId, field: 'secret' });

export const defineWebhooks = (connection: Connection) =>
  defineModel<WebhookDocument>(connection, 'webhooks', {
    _id: required(String),
    client: required(String),
    url: required(String),
    events: { type: [String], required: true },
    description: nullable(String),
    enabled: required(Boolean),
    disabled: opaque,
    secrets: opaque,
    revision: required(Number),
    createdAt: required(Date),
    updatedAt: required(Date),
  });
