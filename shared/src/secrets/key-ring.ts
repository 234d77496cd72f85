import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { MasterKeys } from '../config.ts';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A secret under a key of its own, which lies wrapped by the master key of `keyVersion`. Base64 throughout. */
export interface Envelope {
  keyVersion: number;
  wrappedKey: string;
  ciphertext: string;
}

/** Which record and field a secret belongs to: an envelope that was moved elsewhere does not open. */
export interface SecretPlace {
  id: string;
  field: string;
}

export interface KeyRing {
  encrypt(plaintext: string, place: SecretPlace): Envelope;
  /** @throws when the master key is not there, or the envelope was altered or belongs elsewhere. */
  decrypt(envelope: Envelope, place: SecretPlace): string;
  /** A key for a purpose other than encryption, derived (HKDF-SHA-256, RFC 5869); null for an unknown version. */
  derive(purpose: string, keyVersion?: number): { key: Buffer; keyVersion: number } | null;
}

/** Envelope encryption by AES-256-GCM with versioned master keys: the first encrypts, all of them decrypt. */
export function createKeyRing(masterKeys: MasterKeys): KeyRing {
  const byVersion = new Map(masterKeys.map(({ version, key }) => [version, key]));
  const [current] = masterKeys;

  return {
    encrypt(plaintext, place) {
      const dataKey = randomBytes(32);
      return {
        keyVersion: current.version,
        wrappedKey: seal(current.key, dataKey, toContext(place, 'key')),
        ciphertext: seal(dataKey, Buffer.from(plaintext, 'utf8'), toContext(place, 'value')),
      };
    },
    decrypt(envelope, place) {
      const masterKey = byVersion.get(envelope.keyVersion);
      if (!masterKey) throw new Error(`Master key ${envelope.keyVersion} is not in UNDERSTUDY_MASTER_KEYS`);
      const dataKey = open(masterKey, envelope.wrappedKey, toContext(place, 'key'));
      return open(dataKey, envelope.ciphertext, toContext(place, 'value')).toString('utf8');
    },
    derive(purpose, keyVersion = current.version) {
      const masterKey = byVersion.get(keyVersion);
      if (!masterKey) return null;
      return { key: Buffer.from(hkdfSync('sha256', masterKey, '', purpose, 32)), keyVersion };
    },
  };
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

function open(key: Buffer, sealed: string, context: Buffer): Buffer {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(context);
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
}
