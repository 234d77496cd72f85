import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { createKeyRing } from './key-ring.ts';

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

it('says which master key is missing', () => {
  const envelope = createKeyRing([two]).encrypt('sk-secret', place);
  expect(() => createKeyRing([one]).decrypt(envelope, place)).toThrow('Master key 2');
});

it('derives the same key for a purpose, another for another', () => {
  const ring = createKeyRing([one]);
  expect(ring.derive('a')).toEqual(ring.derive('a', 1));
  expect(ring.derive('a')?.key).not.toEqual(ring.derive('b')?.key);
  expect(ring.derive('a', 9)).toBeNull();
});
