import type { Envelope, KeyRing, SecretPlace } from './key-ring.ts';
import { SecretError } from './secret-error.ts';

/** A secret in the clear, or why it does not open. */
export function tryOpen(
  keyRing: Pick<KeyRing, 'decrypt'>,
  envelope: Envelope,
  place: SecretPlace,
): { ok: true; value: string } | { ok: false; message: string } {
  try {
    return { ok: true, value: keyRing.decrypt(envelope, place) };
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    return { ok: false, message: error.message };
  }
}
