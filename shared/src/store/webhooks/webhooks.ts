import type { ClientSession } from 'mongoose';
import { ConflictError } from '../../errors.ts';
import type { Store } from '../connect.ts';
import { ofClient } from '../filter-parts.ts';
import { olderThan, type Page } from '../page.ts';
import type { WebhookDocument } from './model.ts';

/** One endpoint of `client`, or of any client where that is null. */
export async function findWebhook(
  store: Store,
  id: string,
  client: string | null,
  session: ClientSession | null = null,
): Promise<WebhookDocument | null> {
  return store.webhooks
    .findOne({ _id: id, ...ofClient(client) })
    .session(session)
    .lean<WebhookDocument>();
}

/** Endpoints, newest first; of every client where `client` is null. */
export async function listWebhooks(
  store: Store,
  { limit, beforeId, client }: Page & { client: string | null },
): Promise<WebhookDocument[]> {
  return store.webhooks
    .find({ ...ofClient(client), ...olderThan(beforeId) })
    .sort({ _id: -1 })
    .limit(limit)
    .lean<WebhookDocument[]>();
}

/** Adds an endpoint, unless its client has `atMost` already. @returns whether it did. */
export async function insertWebhook(
  store: Store,
  webhook: WebhookDocument,
  atMost: number,
  session: ClientSession,
): Promise<boolean> {
  const { client } = webhook;
  // First: two that came at once would count the same, but cannot both write here.
  await store.clients.updateOne({ name: client }, { $inc: { webhooksMade: 1 } }, { session });
  if ((await store.webhooks.countDocuments({ client }).session(session)) >= atMost) return false;
  await store.webhooks.create([webhook], { session });
  return true;
}

/** Writes an endpoint's new state over the revision it was made from. @throws {ConflictError} where it changed since. */
export async function replaceWebhook(
  store: Store,
  { _id, createdAt: _createdAt, ...next }: WebhookDocument,
  session: ClientSession,
): Promise<void> {
  const { matchedCount } = await store.webhooks.updateOne(
    { _id, revision: next.revision - 1 },
    { $set: next },
    { session },
  );
  if (matchedCount === 0) throw new ConflictError('stale', 'Somebody else changed it at the same moment.');
}

/** Removes an endpoint; its deliveries stay, and are given up by whoever comes to try them. */
export async function deleteWebhook(store: Store, id: string, session: ClientSession): Promise<void> {
  await store.webhooks.deleteOne({ _id: id }, { session });
}
