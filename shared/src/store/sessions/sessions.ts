import type { Store } from '../connect.ts';
import { toSecretHash } from '../secret-hash.ts';
import type { SessionDocument } from './model.ts';

/** Writes a session; the cookie's value itself is not stored. */
export async function createSession(
  store: Store,
  value: string,
  session: Omit<SessionDocument, '_id'>,
): Promise<void> {
  await store.sessions.create({ _id: toSecretHash(value), ...session });
}

/** The session of a cookie's value, whether or not it is over; null where there is none. */
export async function findSession(store: Store, value: string): Promise<SessionDocument | null> {
  return store.sessions.findById(toSecretHash(value)).lean<SessionDocument>();
}

/** Notes that a session is in use. */
export async function touchSession(store: Store, value: string, lastUsedAt: Date): Promise<void> {
  await store.sessions.updateOne({ _id: toSecretHash(value) }, { $max: { lastUsedAt } });
}

/** @returns the session that ended, null where there was none. */
export async function endSession(store: Store, value: string): Promise<SessionDocument | null> {
  return store.sessions.findOneAndDelete({ _id: toSecretHash(value) }).lean<SessionDocument>();
}

/** What a session is called where its cookie's value must not be known: in the audit log. */
export function toSessionName(value: string): string {
  return `ses_${toSecretHash(value).slice(0, 24)}`;
}
