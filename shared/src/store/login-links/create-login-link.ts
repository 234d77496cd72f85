import { randomBytes } from 'node:crypto';
import type { Store } from '../connect.ts';
import { toSecretHash } from '../secret-hash.ts';

const VALID_MS = 10 * 60_000;

/** Makes a login link's code, good for one use within ten minutes. Only its hash is stored. */
export async function createLoginLink(
  store: Store,
  { now = store.clock.now() }: { now?: number } = {},
): Promise<{ code: string; expiresAt: Date }> {
  const code = randomBytes(32).toString('base64url');
  const expiresAt = new Date(now + VALID_MS);
  await store.loginLinks.create({ _id: toSecretHash(code), expiresAt });
  return { code, expiresAt };
}

/** Uses up a code. Whichever of two users comes first has it. @returns whether it was good. */
export async function useLoginLink(
  store: Store,
  code: string,
  { now = store.clock.now() }: { now?: number } = {},
) {
  const link = await store.loginLinks.findOneAndDelete({ _id: toSecretHash(code) }).lean();
  return link !== null && link.expiresAt.getTime() > now;
}
