import type { ClientSession, mongo } from 'mongoose';
import type { Envelope, SecretPlace } from '../../secrets/key-ring.ts';
import type { SigningSecret } from '../../secrets/webhook-secret.ts';
import { toClientSecretPlace } from '../clients/model.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { toApiKeyPlace } from '../providers/model.ts';
import { toWebhookSecretPlace } from '../webhooks/model.ts';

/** A record whose secrets are sealed with a master key, newest first. */
export interface SealedRecord {
  _id: string;
  /** What an operator knows it by. */
  name: string;
  place: SecretPlace;
  envelopes: Envelope[];
  /** The field that holds them, as it was read. */
  field: unknown;
}

/** A kind of record that has sealed secrets. What lives for a minute (tests of providers) is not among them. */
export interface SealedKind {
  /** In the plural. */
  name: string;
  /** Those behind `after`, by id. */
  read(
    store: Store,
    page: { after: string; limit: number },
    session?: ClientSession,
  ): Promise<SealedRecord[]>;
  /** Puts other envelopes in place of those that were read. @returns false where somebody changed them since. */
  replace(
    store: Store,
    record: SealedRecord,
    envelopes: Envelope[],
    session?: ClientSession,
  ): Promise<boolean>;
}

/** Every sealed secret of the ledger is of one of these kinds. */
export const SEALED_KINDS: readonly SealedKind[] = [
  {
    name: 'provider keys',
    async read({ providers }, { after, limit }, session) {
      const found = await toNative(providers)
        .find({ _id: { $gt: after }, apiKey: { $ne: null } }, { sort: { _id: 1 }, limit, ...inside(session) })
        .toArray();
      return found.flatMap(({ _id, name, apiKey }) =>
        apiKey === null ? [] : [{ _id, name, place: toApiKeyPlace(_id), envelopes: [apiKey], field: apiKey }],
      );
    },
    replace: ({ providers }, { _id, field }, [apiKey], session) =>
      replaceField(toNative(providers), { _id, key: 'apiKey', from: field, to: apiKey }, session),
  },
  {
    name: 'webhook secrets',
    async read({ webhooks }, page, session) {
      const found = await readWithSecrets(toNative(webhooks), page, session);
      return found.map((webhook) => toRecord(webhook, webhook.url, toWebhookSecretPlace(webhook._id)));
    },
    replace: ({ webhooks }, record, envelopes, session) =>
      replaceSecrets(toNative(webhooks), record, envelopes, session),
  },
  {
    name: 'client secrets',
    async read({ clients }, page, session) {
      const found = await readWithSecrets(toNative(clients), page, session);
      return found.map((client) => toRecord(client, client.name, toClientSecretPlace(client._id)));
    },
    replace: ({ clients }, record, envelopes, session) =>
      replaceSecrets(toNative(clients), record, envelopes, session),
  },
];

interface WithSecrets {
  _id: string;
  secrets: SigningSecret[];
}

function toRecord({ _id, secrets }: WithSecrets, name: string, place: SecretPlace): SealedRecord {
  return { _id, name, place, envelopes: secrets.map(({ envelope }) => envelope), field: secrets };
}

async function readWithSecrets<T extends WithSecrets>(
  collection: mongo.Collection<T & mongo.Document>,
  { after, limit }: { after: string; limit: number },
  session?: ClientSession,
): Promise<T[]> {
  const filter = { _id: { $gt: after }, 'secrets.0': { $exists: true } } as mongo.Filter<T & mongo.Document>;
  const found = await collection.find(filter, { sort: { _id: 1 }, limit, ...inside(session) }).toArray();
  return found as unknown as T[];
}

function replaceSecrets<T extends WithSecrets>(
  collection: mongo.Collection<T & mongo.Document>,
  { _id, field }: SealedRecord,
  envelopes: Envelope[],
  session?: ClientSession,
): Promise<boolean> {
  const secrets = (field as SigningSecret[]).map((secret, index) => ({
    ...secret,
    envelope: envelopes[index] ?? secret.envelope,
  }));
  return replaceField(collection, { _id, key: 'secrets', from: field, to: secrets }, session);
}

async function replaceField<T extends { _id: string }>(
  collection: mongo.Collection<T & mongo.Document>,
  { _id, key, from, to }: { _id: string; key: string; from: unknown; to: unknown },
  session?: ClientSession,
): Promise<boolean> {
  const { modifiedCount } = await collection.updateOne(
    { _id, [key]: from } as mongo.Filter<T & mongo.Document>,
    { $set: { [key]: to } } as mongo.UpdateFilter<T & mongo.Document>,
    inside(session),
  );
  return modifiedCount === 1;
}

const inside = (session?: ClientSession) => (session ? { session } : {});
