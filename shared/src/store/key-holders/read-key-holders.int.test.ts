import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createKeyRing } from '../../secrets/key-ring.ts';
import { createKeyPresence } from '../../secrets/key-presence.ts';
import { eventually } from '../../testing/eventually.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import type { LockedKey } from './model.ts';
import { readKeyHolders, readLocks } from './read-key-holders.ts';
import { writeKeyHolder } from './write-key-holder.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());
beforeEach(async () => void (await bed.store.keyHolders.deleteMany({})));

const lock: LockedKey = { providerId: 'prv_1', wrappedKey: 'old', message: 'Master key 9 is gone.' };
const workerOf = (_id: string, locked: LockedKey[] = []) =>
  writeKeyHolder(bed.store, { _id, role: 'worker', keys: [{ version: 1, check: 'aa' }], locked });
const provider = { _id: 'prv_1', apiKey: { keyVersion: 9, wrappedKey: 'old', ciphertext: 'x' } };
const readLock = async (of: Parameters<Awaited<ReturnType<typeof readLocks>>>[0] = provider) =>
  (await readLocks(bed.store))(of);

it('tells why a key does not open, and that only some workers cannot open it', async () => {
  await workerOf('w1', [lock]);
  expect(await readLock()).toBe('Its API key cannot be opened. Master key 9 is gone.');
  await workerOf('w2');
  expect(await readLock()).toMatch(
    /^1 of 2 workers cannot open its API key, and pass it over\. Master key 9/,
  );
  expect(await readLock({ ...provider, _id: 'prv_2' })).toBeNull();
});

it('holds nothing against a new key, or where there is none', async () => {
  await workerOf('w1', [lock]);
  expect(await readLock({ ...provider, apiKey: { ...provider.apiKey, wrappedKey: 'new' } })).toBeNull();
  expect(await readLock({ ...provider, apiKey: null })).toBeNull();
});

it('leaves out what was not seen for 15 s', async () => {
  await workerOf('w1', [lock]);
  await bed.store.keyHolders.updateOne({ _id: 'w1' }, { seenAt: new Date(Date.now() - 16_000) });
  expect(await readKeyHolders(bed.store)).toEqual([]);
  expect(await readLock()).toBeNull();
});

it('is told by each process as long as it runs, and at once when asked to', async () => {
  const keyRing = createKeyRing([{ version: 4, key: randomBytes(32) }]);
  let locked: LockedKey[] = [];
  const { store, logger } = bed;
  const presence = createKeyPresence({
    store,
    role: 'worker',
    processId: 'w3',
    keyRing,
    locked: () => locked,
    logger,
  });
  await presence.tell();
  expect(await readKeyHolders(store)).toEqual([]);
  await presence.start();
  await eventually(async () => (await readKeyHolders(store)).length === 1);
  locked = [lock];
  await presence.tell();
  expect(await readKeyHolders(store)).toMatchObject([{ _id: 'w3', keys: keyRing.keys, locked: [lock] }]);
  await presence.stop();
  await presence.tell();
  expect(await readKeyHolders(store)).toEqual([]);
});
