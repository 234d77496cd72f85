import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { createKeyRing } from './key-ring.ts';
import { SecretError } from './secret-error.ts';

const place = { id: 'prv_1', field: 'apiKey' };
const one = { version: 1, key: randomBytes(32) };
const two = { version: 2, key: randomBytes(32) };

it('opens what it sealed, and never seals the same way twice', () => {
  const ring = createKeyRing([one]);
  const envelope = ring.encrypt('sk-secret', place);
  expect(ring.decrypt(envelope, place)).toBe('sk-secret');
  expect(ring.encrypt('sk-secret', place)).not.toEqual(envelope);
  expect(JSON.stringify(envelope)).not.toContain('sk-secret');
});

it('opens with an older master key and seals with the first', () => {
  const old = createKeyRing([one]).encrypt('sk-secret', place);
  const ring = createKeyRing([two, one]);
  expect(ring.decrypt(old, place)).toBe('sk-secret');
  expect(ring.encrypt('sk-secret', place).keyVersion).toBe(2);
});

it('refuses an envelope of another record, another field, or one that was altered', () => {
  const ring = createKeyRing([one]);
  const envelope = ring.encrypt('sk-secret', place);
  expect(() => ring.decrypt(envelope, { ...place, id: 'prv_2' })).toThrow();
  expect(() => ring.decrypt(envelope, { ...place, field: 'secret' })).toThrow();
  const bytes = Buffer.from(envelope.ciphertext, 'base64');
  bytes[bytes.length - 1]! ^= 1;
  expect(() => ring.decrypt({ ...envelope, ciphertext: bytes.toString('base64') }, place)).toThrow();
});

it('says what is wrong with a secret that does not open, and nothing of the secret', () => {
  const sealed = createKeyRing([two]).encrypt('sk-secret', place);
  const stranger = { version: 2, key: randomBytes(32) };
  const found = [
    problemOf(() => createKeyRing([one]).decrypt(sealed, place)),
    problemOf(() => createKeyRing([stranger]).decrypt(sealed, place)),
    problemOf(() => createKeyRing([two]).decrypt({ ...sealed, ciphertext: 'x' }, place)),
    ...[null, {}, { ...sealed, wrappedKey: 1 }].map((damaged) =>
      problemOf(() => createKeyRing([two]).decrypt(damaged as never, place)),
    ),
  ];
  expect(found.map(({ problem }) => problem)).toEqual(['missing', 'refused', ...Array(4).fill('damaged')]);
  expect(found[0]?.message).toContain('Master key 2 is not in UNDERSTUDY_MASTER_KEYS');
  expect(found.map(({ message }) => message).join()).not.toMatch(/sk-secret|[A-Za-z0-9+/]{30}/);
});

function problemOf(open: () => unknown): SecretError {
  try {
    open();
  } catch (error) {
    if (error instanceof SecretError) return error;
  }
  throw new Error('It opened, or failed otherwise');
}

it('lets others tell its keys apart, without the keys', () => {
  const ring = createKeyRing([two, one]);
  const [first, second] = ring.keys;
  expect([first.version, second?.version]).toEqual([2, 1]);
  expect(first).toEqual(createKeyRing([two]).keys[0]);
  expect(first.check).not.toBe(createKeyRing([{ version: 2, key: randomBytes(32) }]).keys[0].check);
  expect(two.key.toString('hex')).not.toContain(first.check);
});

it('derives the same key for a purpose, another for another', () => {
  const ring = createKeyRing([one]);
  expect(ring.derive('a')).toEqual(ring.derive('a', 1));
  expect(ring.derive('a')?.key).not.toEqual(ring.derive('b')?.key);
  expect(ring.derive('a', 9)).toBeNull();
});
