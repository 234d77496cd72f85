import { createHmac, timingSafeEqual } from 'node:crypto';
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

/** The row that reserves a key for a job, or a batch, and this body after parsing. */
export function toKeyRow(
  keyRing: KeyRing,
  from: { client: string; key: string; jobId: string; input: unknown; createdAt: Date },
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
export function assertSameBody(keyRing: KeyRing, row: BodyMark, input: unknown): void {
  assertSameMark(toHmac(keyRing, input, row.keyVersion), row);
}

/** What tells one parsed body from another, and the version of the master key that it was made with. */
export interface BodyMark {
  bodyHmac: string;
  keyVersion: number;
}

/** @throws {AppError} `idempotency_key_reused` unless the marks are of the same body and key. */
export function assertSameMark(mark: BodyMark | null, earlier: BodyMark): void {
  const same =
    mark !== null && timingSafeEqual(Buffer.from(mark.bodyHmac, 'hex'), Buffer.from(earlier.bodyHmac, 'hex'));
  if (!same) {
    throw new AppError('idempotency_key_reused', 'This Idempotency-Key was used with another body.');
  }
}

/** Marks a body part by part, as it arrives; null where the master key of this version is gone. */
export function createBodyMarker(keyRing: KeyRing, version?: number) {
  const derived = keyRing.derive(PURPOSE, version);
  if (!derived) return null;
  const hmac = createHmac('sha256', derived.key);
  return {
    add: (part: string) => void hmac.update(part),
    end: (): BodyMark => ({ bodyHmac: hmac.digest('hex'), keyVersion: derived.keyVersion }),
  };
}

function toHmac(keyRing: KeyRing, input: unknown, version?: number): BodyMark | null {
  const marker = createBodyMarker(keyRing, version);
  marker?.add(toCanonicalJson(input));
  return marker?.end() ?? null;
}
