import type { ClientSession } from 'mongoose';
import { createId } from '../../ids.ts';
import type { SigningSecret } from '../../secrets/webhook-secret.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { olderThan, type Page } from '../page.ts';
import type { ClientDocument } from './model.ts';

/** Has a client exist, in the transaction that gives it a token. */
export async function ensureClient(store: Store, name: string, session: ClientSession | null): Promise<void> {
  await store.clients.updateOne(
    { name },
    { $setOnInsert: { _id: createId('cli'), secrets: [], createdAt: new Date(store.clock.now()) } },
    { upsert: true, ...(session ? { session } : {}) },
  );
}

/** A client by its name, or null. */
export async function findClient(
  store: Store,
  name: string,
  session: ClientSession | null = null,
): Promise<ClientDocument | null> {
  return store.clients.findOne({ name }).session(session).lean<ClientDocument>();
}

/** Clients, newest first; `name` gives that one only. */
export async function listClients(
  store: Store,
  { limit, beforeId, name }: Page & { name: string | null },
): Promise<ClientDocument[]> {
  return store.clients
    .find({ ...(name === null ? {} : { name }), ...olderThan(beforeId) })
    .sort({ _id: -1 })
    .limit(limit)
    .lean<ClientDocument[]>();
}

/** Gives a client that has no secret its first one, unless somebody was first. @returns the secrets that it has now. */
export async function ensureClientSecret(
  store: Store,
  clientId: string,
  secret: SigningSecret,
): Promise<SigningSecret[]> {
  await toNative(store.clients).updateOne(
    { _id: clientId, secrets: { $size: 0 } },
    { $set: { secrets: [secret] } },
  );
  const client = await store.clients.findById(clientId).lean<ClientDocument>();
  return client?.secrets ?? [];
}

/** Writes a client's secrets over those that it had, in the transaction that read them. */
export async function writeClientSecrets(
  store: Store,
  clientId: string,
  secrets: SigningSecret[],
  session: ClientSession,
): Promise<void> {
  await store.clients.updateOne({ _id: clientId }, { $set: { secrets } }, { session });
}
