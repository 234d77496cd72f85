import {
  webhookInput,
  webhookUrl,
  type WebhookInput,
  type RotatedSecret,
} from '@understudy/shared/contracts/webhook';
import { createSigningSecret, rotateSecrets } from '@understudy/shared/secrets/webhook-secret';
import { inTransaction } from '@understudy/shared/store/transaction';
import { failUnheardAlerts } from '@understudy/shared/store/webhooks/end-deliveries';
import { toWebhookSecretPlace, type WebhookDocument } from '@understudy/shared/store/webhooks/model';
import { clearTarget } from '@understudy/shared/store/webhooks/targets';
import {
  deleteWebhook as remove,
  replaceWebhook as writeNext,
} from '@understudy/shared/store/webhooks/webhooks';
import type { Context } from '../../context.ts';
import { assertMatches, toEtag } from '../../http/etag.ts';
import { mergePatch } from '../../http/merge-patch.ts';
import { parseInput, toBodyPointer } from '../../http/parse-input.ts';
import { assertCallable } from '../assert-callable.ts';
import { auditChange, type Change } from '../audit/audit-change.ts';
import { assertMayChange, assertMayHear } from './assert-may-hear.ts';
import { findVisibleWebhook } from './find.ts';
import { describeWebhook, toAudited, type TaggedWebhook } from './to-webhook.ts';

interface WebhookChange extends Change {
  id: string;
  ifMatch: string | undefined;
}

/** Writes an endpoint whole. @throws not found, `stale`, forbidden for events of operators, or for its address. */
export async function replaceWebhook(
  ctx: Context,
  { input, ...change }: WebhookChange & { input: WebhookInput },
): Promise<TaggedWebhook> {
  await assertCallable(ctx, '/url', input.url);
  return edit(ctx, change, () => input);
}

/** Changes what the patch names (RFC 7396). @throws what `replaceWebhook` throws, and for a result that is not valid. */
export async function patchWebhook(
  ctx: Context,
  { patch, ...change }: WebhookChange & { patch: Record<string, unknown> },
): Promise<TaggedWebhook> {
  await assertCallable(ctx, '/url', webhookUrl.safeParse(patch['url']).data ?? null);
  return edit(ctx, change, ({ url, events, description, enabled }) =>
    parseInput(webhookInput, mergePatch({ url, events, description, enabled }, patch), toBodyPointer),
  );
}

/** Removes an endpoint: it is called no more, and what was to be delivered there is given up. */
export async function deleteWebhook(ctx: Context, change: WebhookChange): Promise<void> {
  await write(ctx, change, 'webhook.deleted', () => null);
}

/** Gives an endpoint a new secret, shown here and never again; the one before signs beside it for 24 h. */
export async function rotateWebhookSecret(
  ctx: Context,
  change: Omit<WebhookChange, 'ifMatch'>,
): Promise<RotatedSecret> {
  const now = new Date(ctx.clock.now());
  const { secret, stored } = createSigningSecret(ctx.keyRing, toWebhookSecretPlace(change.id), now);
  const written = await write(
    ctx,
    { ...change, ifMatch: undefined },
    'webhook.secret_rotated',
    (current) => ({
      ...current,
      secrets: rotateSecrets(current.secrets, stored, now).secrets,
    }),
  );
  return { secret, previousValidUntil: written.secrets[1]?.expiresAt?.toISOString() ?? null };
}

async function edit(
  ctx: Context,
  change: WebhookChange,
  toInput: (current: WebhookDocument) => WebhookInput,
): Promise<TaggedWebhook> {
  const written = await write(ctx, change, 'webhook.updated', (current) => {
    const input = toInput(current);
    assertMayHear(change.viewer, input.events, current.events);
    // Whoever switches it on again has mended it, or thinks so.
    return { ...current, ...input, disabled: input.enabled ? null : current.disabled };
  });
  // Of another address, or of one that was mended, nothing bad is known.
  await clearTarget(ctx.store, written._id);
  return describeWebhook(ctx, written);
}

/** One change in one transaction, read and written; begun again where it met another. Null removes. */
async function write(
  ctx: Context,
  { id, ifMatch, ...change }: WebhookChange,
  action: string,
  toNext: (current: WebhookDocument) => WebhookDocument | null,
): Promise<WebhookDocument> {
  const { store, clock } = ctx;
  return inTransaction(store, async (session) => {
    const current = await findVisibleWebhook(ctx, change.viewer, id, session);
    assertMatches(ifMatch, toEtag(current._id, current.revision));
    const changed = toNext(current);
    assertMayChange(change.viewer, current, changed);
    const now = new Date(clock.now());
    const next = changed && { ...changed, revision: current.revision + 1, updatedAt: now };
    if (next) {
      await writeNext(store, next, session);
      await failUnheardAlerts(store, next, now, session);
    } else await remove(store, id, session);
    const target = { kind: 'webhook', id, name: current.url };
    const entry = { action, target, before: toAudited(current), after: next && toAudited(next) };
    await auditChange(ctx, change, entry, session);
    return next ?? current;
  });
}
