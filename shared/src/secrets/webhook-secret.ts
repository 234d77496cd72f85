import { randomBytes } from 'node:crypto';
import type { Envelope, KeyRing, SecretPlace } from './key-ring.ts';

/** A secret that signs deliveries, encrypted; `expiresAt` is null as long as no newer one took its place. */
export interface SigningSecret {
  envelope: Envelope;
  createdAt: Date;
  expiresAt: Date | null;
}

/** How long the secret before still signs, beside the new one. */
const ROTATION_MS = 24 * 60 * 60 * 1_000;
/** Of 24 to 64 bytes, as Standard Webhooks asks for. */
const SECRET_BYTES = 32;
/** Whoever rotates on and on must not make signatures without end. */
const MAX_SECRETS = 5;

/** A new secret, in the clear and as it is stored. */
export function createSigningSecret(
  keyRing: KeyRing,
  place: SecretPlace,
  now: Date,
): { secret: string; stored: SigningSecret } {
  const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
  return { secret, stored: { envelope: keyRing.encrypt(secret, place), createdAt: now, expiresAt: null } };
}

/** Puts a new secret before those that are still good; the present one ends in 24 h. Newest first. */
export function rotateSecrets(
  present: readonly SigningSecret[],
  next: SigningSecret,
  now: Date,
): { secrets: SigningSecret[]; previousValidUntil: Date | null } {
  const until = new Date(now.getTime() + ROTATION_MS);
  const good = present.filter(({ expiresAt }) => isGood(expiresAt, now));
  const ending = good.map((secret) => ({ ...secret, expiresAt: secret.expiresAt ?? until }));
  return {
    secrets: [next, ...ending].slice(0, MAX_SECRETS),
    previousValidUntil: ending[0]?.expiresAt ?? null,
  };
}

/**
 * The secrets that sign now, in the clear, newest first; without those whose master key is gone, so that a rotation
 * mends it. @throws {SecretError} where none of them opens: why the newest does not.
 */
export function openSecrets(
  keyRing: KeyRing,
  place: SecretPlace,
  secrets: readonly SigningSecret[],
  now: Date,
): string[] {
  const opened: string[] = [];
  const failures: unknown[] = [];
  for (const { envelope, expiresAt } of secrets) {
    if (!isGood(expiresAt, now)) continue;
    try {
      opened.push(keyRing.decrypt(envelope, place));
    } catch (err) {
      failures.push(err);
    }
  }
  if (opened.length === 0 && failures.length > 0) throw failures[0];
  return opened;
}

function isGood(expiresAt: Date | null, now: Date): boolean {
  return expiresAt === null || expiresAt > now;
}
