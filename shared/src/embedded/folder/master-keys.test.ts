import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openDataFolder } from './data-folder.ts';
import { isDataFolder } from './is-data-folder.ts';
import { addMasterKey, readMasterKeys } from './master-keys.ts';
import { openSecrets } from './secrets.ts';

const GIVEN = `1:${Buffer.alloc(32, 1).toString('base64')}`;

function setup() {
  const location = mkdtempSync(path.join(tmpdir(), 'understudy-master-keys-'));
  onTestFinished(() => rmSync(location, { recursive: true, force: true }));
  return openDataFolder(location);
}

it('puts a new key in front and keeps the file as it was, for this user alone', () => {
  const folder = setup();
  const { masterKeys } = openSecrets(folder, {});
  const { version, copy } = addMasterKey(folder, new Date('2026-03-01T12:00:00Z'));
  expect(version).toBe(2);
  expect(readMasterKeys(folder)?.map((key) => key.version)).toEqual([2, 1]);
  expect(openSecrets(folder, {}).masterKeys).toMatch(/^2:[A-Za-z0-9+/]{43}=,1:/);
  expect(folder.read(path.basename(copy))?.trim()).toBe(masterKeys);
  const modes = readdirSync(folder.path).map((file) => statSync(folder.file(file)).mode & 0o777);
  expect(new Set(modes)).toEqual(new Set([0o600]));
  addMasterKey(folder, new Date('2026-03-01T12:00:01Z'));
  expect(readMasterKeys(folder)?.map((key) => key.version)).toEqual([3, 2, 1]);
});

it.each(['', '\n', '1:short\n', 'no keys'])(
  'refuses the file %j, and makes no new key in its place',
  (content) => {
    const folder = setup();
    folder.write('master-keys', content);
    expect(() => openSecrets(folder, {})).toThrow('Put it back from a copy');
    expect(() => addMasterKey(folder, new Date())).toThrow('master-keys must hold VERSION:KEY');
    expect(folder.read('master-keys')).toBe(content);
  },
);

it('makes no new key in the place of one that was lost, and says what to do', () => {
  const folder = setup();
  openSecrets(folder, {});
  folder.remove('master-keys');
  const lacking = /master-keys is missing.*Put it back from the back-up.*UNDERSTUDY_MASTER_KEYS/;
  expect(() => openSecrets(folder, {})).toThrow(lacking);
  expect(() => addMasterKey(folder, new Date())).toThrow(lacking);
  expect(folder.read('master-keys')).toBeNull();
  expect(openSecrets(folder, { masterKeys: GIVEN }).masterKeys).toBe(GIVEN);
  expect(folder.read('master-keys')).toBeNull();
  expect(() => openSecrets(folder, {})).toThrow(lacking);
});

it('makes no key beside those that are given, which would be used once they are not', () => {
  const folder = setup();
  expect(openSecrets(folder, { masterKeys: GIVEN }).masterKeys).toBe(GIVEN);
  expect(readMasterKeys(folder)).toBeNull();
  expect(isDataFolder(folder.path)).toBe(true);
  expect(() => openSecrets(folder, {})).toThrow('master-keys is missing');
});

it('keeps the key of a first start that was broken off', () => {
  const folder = setup();
  const { masterKeys } = openSecrets(folder, {});
  folder.remove('store-password');
  expect(openSecrets(folder, {}).masterKeys).toBe(masterKeys);
});
