import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ClassificationInput } from '@understudy/shared/contracts/classification';
import { AppError, ValidationError } from '@understudy/shared/errors';
import type { KeyRing } from '@understudy/shared/secrets/key-ring';
import type { Store } from '@understudy/shared/store/connect';
import type { IdempotencyKeyDocument } from '@understudy/shared/store/idempotency-keys/model';
import { toIdempotencyId } from '@understudy/shared/store/idempotency-keys/reserve-key';
import { toCanonicalJson } from './canonical-json.ts';

const PURPOSE = 'idempotency';

/** @throws {ValidationError} unless the key is 1 to 255 of printable ASCII. */
export function assertIdempotencyKey(key: string): void {
  if (/^[\x20-\x7e]{1,255}$/.test(key)) return;
  const detail = 'Idempotency-Key must be 1-255 characters of printable ASCII';
  throw new ValidationError([{ pointer: 'Idempotency-Key', detail, code: 'invalid_format' }]);
}

/** The row that reserves a key for a job and this body. */
export function toKeyRow(
  keyRing: KeyRing,
  from: { client: string; key: string; jobId: string; input: ClassificationInput; createdAt: Date },
): IdempotencyKeyDocument {
  const { client, key, jobId, input, createdAt } = from;
  const hmac = toHmac(keyRing, input);
  if (!hmac) throw new Error('The key ring has no current key');
  return { _id: toIdempotencyId(client, key), jobId, ...hmac, createdAt };
}

/** The row of a key that was used before, or null. */
export async function findKey(
  store: Store,
  client: string,
  key: string,
): Promise<IdempotencyKeyDocument | null> {
  return store.idempotencyKeys.findById(toIdempotencyId(client, key)).lean<IdempotencyKeyDocument>();
}

/**
 * Holds a body against the one that a key was first used with, both after parsing.
 * @throws {AppError} `idempotency_key_reused` where they differ, or the master key to tell by is gone.
 */
export function assertSameBody(
  keyRing: KeyRing,
  row: IdempotencyKeyDocument,
  input: ClassificationInput,
): void {
  const hmac = toHmac(keyRing, input, row.keyVersion);
  const same =
    hmac !== null && timingSafeEqual(Buffer.from(hmac.bodyHmac, 'hex'), Buffer.from(row.bodyHmac, 'hex'));
  if (!same) {
    throw new AppError('idempotency_key_reused', 'This Idempotency-Key was used with another body.');
  }
}

function toHmac(keyRing: KeyRing, input: ClassificationInput, version?: number) {
  const derived = keyRing.derive(PURPOSE, version);
  if (!derived) return null;
  const bodyHmac = createHmac('sha256', derived.key).update(toCanonicalJson(input)).digest('hex');
  return { bodyHmac, keyVersion: derived.keyVersion };
}
