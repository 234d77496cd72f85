import { writeAudit } from '@understudy/shared/store/audit/write-audit';
import type { Store } from '@understudy/shared/store/connect';
import { inTransaction } from '@understudy/shared/store/transaction';
import type { WebhookDocument } from '@understudy/shared/store/webhooks/model';
import { findWebhook, replaceWebhook } from '@understudy/shared/store/webhooks/webhooks';

/** The service itself; no token stands behind what it does. */
const ACTOR = { tokenId: null, name: 'understudy' };

/**
 * Switches off an endpoint that does not answer any more, on the audit log; operators hear of it by `upkeep.alerts`. Nothing
 * happens where it was changed since it was called, or is off already. @returns whether it was switched off.
 */
export async function disableWebhook(
  store: Store,
  webhook: WebhookDocument,
  disabled: { reason: string; at: Date },
): Promise<boolean> {
  const { _id, revision } = webhook;
  const isMeant = (current: WebhookDocument | null) => current?.enabled && current.revision === revision;
  return inTransaction(store, async (session) => {
    const current = await findWebhook(store, _id, null, session);
    if (!current || !isMeant(current)) return false;
    const next = { ...current, enabled: false, disabled, revision: revision + 1, updatedAt: disabled.at };
    await replaceWebhook(store, next, session);
    const row = {
      actor: ACTOR,
      action: 'webhook.disabled',
      target: { kind: 'webhook', id: _id, name: current.url },
      before: { enabled: true },
      after: { enabled: false, reason: disabled.reason },
    };
    await writeAudit(store, { ...row, requestId: null }, session);
    return true;
  });
}
