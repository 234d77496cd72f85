import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { createKeyRing } from './key-ring.ts';
import { createSigningSecret, openSecrets, rotateSecrets } from './webhook-secret.ts';

const place = { id: 'whk_1', field: 'secret' };
const now = new Date();
const lost = createKeyRing([{ version: 1, key: randomBytes(32) }]);
const present = createKeyRing([{ version: 2, key: randomBytes(32) }]);
const before = createSigningSecret(lost, place, now);

it('signs with the new secret alone where the master key of the one before is gone', () => {
  const next = createSigningSecret(present, place, now);
  const { secrets } = rotateSecrets([before.stored], next.stored, now);
  expect(openSecrets(present, place, secrets, now)).toEqual([next.secret]);
});

it('says so where no secret opens any more', () => {
  expect(() => openSecrets(present, place, [before.stored], now)).toThrow();
});
