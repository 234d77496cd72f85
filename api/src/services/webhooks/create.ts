import { MAX_WEBHOOKS, type Webhook, type WebhookInput } from '@understudy/shared/contracts/webhook';
import { ValidationError } from '@understudy/shared/errors';
import { createId } from '@understudy/shared/ids';
import { createSigningSecret } from '@understudy/shared/secrets/webhook-secret';
import { inTransaction } from '@understudy/shared/store/transaction';
import { toWebhookSecretPlace, type WebhookDocument } from '@understudy/shared/store/webhooks/model';
import { insertWebhook } from '@understudy/shared/store/webhooks/webhooks';
import type { Context } from '../../context.ts';
import { assertCallable } from '../assert-callable.ts';
import { auditChange, type Change } from '../audit/audit-change.ts';
import { assertMayHear } from './assert-may-hear.ts';
import { describeNewWebhook, toAudited } from './to-webhook.ts';

interface CreatedWebhook {
  webhook: Webhook;
  etag: string;
  secret: string;
}

/**
 * Registers an endpoint of the viewer's client. Its secret is in the answer and never shown again.
 * @throws {ValidationError} for an address that must not be called, or where the client has as many as it may;
 * {ForbiddenError} for events of operators.
 */
export async function createWebhook(
  ctx: Context,
  { input, ...change }: Change & { input: WebhookInput },
): Promise<CreatedWebhook> {
  assertMayHear(change.viewer, input.events);
  await assertCallable(ctx, '/url', input.url);
  const id = createId('whk');
  const now = new Date(ctx.clock.now());
  const { secret, stored } = createSigningSecret(ctx.keyRing, toWebhookSecretPlace(id), now);
  const webhook: WebhookDocument = {
    _id: id,
    client: change.viewer.client,
    ...input,
    disabled: null,
    secrets: [stored],
    revision: 1,
    createdAt: now,
    updatedAt: now,
  };
  await inTransaction(ctx.store, async (session) => {
    if (!(await insertWebhook(ctx.store, webhook, MAX_WEBHOOKS, session))) {
      const detail = `the client has ${MAX_WEBHOOKS} endpoints, which is the most: remove one first`;
      throw new ValidationError([{ pointer: '', detail, code: 'too_many' }]);
    }
    const target = { kind: 'webhook', id, name: webhook.url };
    const entry = { action: 'webhook.created', target, before: null, after: toAudited(webhook) };
    await auditChange(ctx, change, entry, session);
  });
  return { ...describeNewWebhook(webhook), secret };
}
