import { writeAudit } from '@understudy/shared/store/audit/write-audit';
import type { Store } from '@understudy/shared/store/connect';
import { inTransaction } from '@understudy/shared/store/transaction';
import type { WebhookDocument } from '@understudy/shared/store/webhooks/model';
import { findWebhook, replaceWebhook } from '@understudy/shared/store/webhooks/webhooks';
import type { Notice } from './notice.ts';
import type { Outbox } from './outbox.ts';

export interface DisableDeps {
  store: Store;
  outbox: Pick<Outbox, 'announce'>;
  /** Where the console is. */
  publicUrl: string;
}

/** The service itself; no token stands behind what it does. */
const ACTOR = { tokenId: null, name: 'understudy' };

/**
 * Switches off an endpoint that does not answer any more, on the audit log, and has operators told. Nothing happens where
 * it was changed since it was called, or is off already. @returns whether it was switched off.
 */
export async function disableWebhook(
  { store, outbox, publicUrl }: DisableDeps,
  webhook: WebhookDocument,
  disabled: { reason: string; at: Date },
): Promise<boolean> {
  const { _id, revision } = webhook;
  const isMeant = (current: WebhookDocument | null) => current?.enabled && current.revision === revision;
  if (!isMeant(await findWebhook(store, _id, null))) return false;
  // Before the switch, and under an id of this revision's own: if it breaks off here, the next failure tells nobody twice.
  await outbox.announce([toNotice(webhook, disabled, publicUrl)]);
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

function toNotice(
  { _id, client, url, revision }: WebhookDocument,
  { reason, at }: { reason: string; at: Date },
  publicUrl: string,
): Notice {
  // An address may have a secret in its path.
  const host = URL.parse(url)?.host ?? '';
  const summary = `The webhook endpoint at ${host} of the client ${client} was disabled: ${reason}`;
  const data = { summary, url: publicUrl, webhookId: _id, client, host, reason };
  return { eventId: `evt_${_id}_${revision}`, type: 'webhook.disabled', client: null, at, data };
}
