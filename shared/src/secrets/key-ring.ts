import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import type { MasterKey, MasterKeys } from '../config.ts';
import { SecretError } from './secret-error.ts';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A secret under a key of its own, which lies wrapped by the master key of `keyVersion`. Base64 throughout. */
export interface Envelope {
  keyVersion: number;
  wrappedKey: string;
  ciphertext: string;
}

const envelope = z.object({ keyVersion: z.int(), wrappedKey: z.string(), ciphertext: z.string() });

/** A master key as others may know of it: `check` tells two keys apart and says nothing else about them. */
export interface KnownKey {
  version: number;
  check: string;
}

/** Which record and field a secret belongs to: an envelope that was moved elsewhere does not open. */
export interface SecretPlace {
  id: string;
  field: string;
}

export interface KeyRing {
  encrypt(plaintext: string, place: SecretPlace): Envelope;
  /** @throws {SecretError} when the master key is not there, or the envelope was altered or belongs elsewhere. */
  decrypt(envelope: Envelope, place: SecretPlace): string;
  /** A key for a purpose other than encryption, derived (HKDF-SHA-256, RFC 5869); null for an unknown version. */
  derive(purpose: string, keyVersion?: number): { key: Buffer; keyVersion: number } | null;
  /** The master keys that there are; the first encrypts. */
  readonly keys: readonly [KnownKey, ...KnownKey[]];
}

/** Envelope encryption by AES-256-GCM with versioned master keys: the first encrypts, all of them decrypt. */
export function createKeyRing(masterKeys: MasterKeys): KeyRing {
  const byVersion = new Map(masterKeys.map(({ version, key }) => [version, key]));
  const [current, ...others] = masterKeys;

  return {
    encrypt(plaintext, place) {
      const dataKey = randomBytes(32);
      return {
        keyVersion: current.version,
        wrappedKey: seal(current.key, dataKey, toContext(place, 'key')),
        ciphertext: seal(dataKey, Buffer.from(plaintext, 'utf8'), toContext(place, 'value')),
      };
    },
    decrypt(sealed, place) {
      const { keyVersion, wrappedKey, ciphertext } = parseEnvelope(sealed);
      const masterKey = byVersion.get(keyVersion);
      if (!masterKey) throw new SecretError('missing', keyVersion);
      const dataKey = openOrNull(masterKey, wrappedKey, toContext(place, 'key'));
      if (!dataKey) throw new SecretError('refused', keyVersion);
      const value = openOrNull(dataKey, ciphertext, toContext(place, 'value'));
      if (!value) throw new SecretError('damaged', keyVersion);
      return value.toString('utf8');
    },
    derive(purpose, keyVersion = current.version) {
      const masterKey = byVersion.get(keyVersion);
      if (!masterKey) return null;
      return { key: deriveKey(masterKey, purpose), keyVersion };
    },
    keys: [toKnown(current), ...others.map(toKnown)],
  };
}

function toKnown({ version, key }: MasterKey): KnownKey {
  return { version, check: deriveKey(key, 'check').toString('hex', 0, 8) };
}

function deriveKey(masterKey: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, '', purpose, 32));
}

/** @throws {SecretError} for a record that is no envelope. */
function parseEnvelope(sealed: unknown): Envelope {
  const form = envelope.safeParse(sealed);
  if (!form.success) throw new SecretError('damaged', null);
  return form.data;
}

function toContext({ id, field }: SecretPlace, part: string): Buffer {
  return Buffer.from(JSON.stringify([id, field, part]), 'utf8');
}

function seal(key: Buffer, plaintext: Buffer, context: Buffer): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(context);
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64');
}

/** Null where the key is not the one, or the bytes are not what was sealed. */
function openOrNull(key: Buffer, sealed: string, context: Buffer): Buffer | null {
  try {
    return open(key, sealed, context);
  } catch {
    return null;
  }
}

function open(key: Buffer, sealed: string, context: Buffer): Buffer {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(context);
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
}
