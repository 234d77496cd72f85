import type { Webhook } from '@understudy/shared/contracts/webhook';
import type { WebhookDocument } from '@understudy/shared/store/webhooks/model';
import type { TargetDocument } from '@understudy/shared/store/webhooks/target-model';
import { readTargets } from '@understudy/shared/store/webhooks/targets';
import type { Context } from '../../context.ts';
import { toEtag } from '../../http/etag.ts';

export interface TaggedWebhook {
  webhook: Webhook;
  etag: string;
}

/** Endpoints as the API shows them. */
export async function describeWebhooks(
  { store }: Context,
  webhooks: readonly WebhookDocument[],
): Promise<Webhook[]> {
  const failing = await readTargets(
    store,
    webhooks.map(({ _id }) => _id),
  );
  return webhooks.map((webhook) => toWebhook(webhook, failing.get(webhook._id)));
}

export async function describeWebhook(ctx: Context, webhook: WebhookDocument): Promise<TaggedWebhook> {
  const [described] = await describeWebhooks(ctx, [webhook]);
  if (!described) throw new Error('A webhook vanished while it was described');
  return { webhook: described, etag: toEtag(webhook._id, webhook.revision) };
}

/** One that was just made. Reads nothing: a read that failed would lose the secret, which is shown once. */
export function describeNewWebhook(webhook: WebhookDocument): TaggedWebhook {
  return { webhook: toWebhook(webhook, undefined), etag: toEtag(webhook._id, webhook.revision) };
}

/** What the audit log keeps: nothing of the secrets but how many there are. */
export function toAudited({ client, url, events, description, enabled, secrets }: WebhookDocument) {
  return { client, url, events, description, enabled, secrets: secrets.length };
}

function toWebhook(webhook: WebhookDocument, failing: TargetDocument | undefined): Webhook {
  const { _id, client, url, events, description, enabled, disabled, createdAt, updatedAt } = webhook;
  return {
    id: _id,
    client,
    url,
    events,
    description,
    enabled,
    disabled: disabled && { at: disabled.at.toISOString(), reason: disabled.reason },
    failingSince: failing?.failingSince.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
