import { expect, it } from 'vitest';
import { parseEmbeddedConfig } from '../embedded/config.ts';
import { findInstallation } from './find-installation.ts';
import { makeRunningFolder } from '../testing/running-folder.ts';
import { locate } from './locate.ts';

const LEDGER = 'mongodb://a:27017,b:27017/understudy?replicaSet=ours';
const SERVED = 'http://127.0.0.1:4000';

/** A data folder that `PORT=4000 npm start` runs in, or ran. */
function setup({ mongodbUri = LEDGER } = {}) {
  const redisUrl = 'redis://127.0.0.1:6379';
  const { folder, hold } = makeRunningFolder({ mongodbUri, redisUrl, publicUrl: SERVED });
  return { env: { UNDERSTUDY_DATA_DIR: folder.path }, folder, hold };
}

it('finds what runs in the data folder', () => {
  expect(locate(setup().env)).toEqual({ mongodbUri: LEDGER, publicUrl: SERVED });
});

it('finds where it is served also where its ledger is given', () => {
  const { env } = setup();
  expect(locate({ ...env, MONGODB_URI: LEDGER })).toEqual({ mongodbUri: LEDGER, publicUrl: SERVED });
});

it('takes the address of PUBLIC_URL, whatever runs', () => {
  const { env } = setup();
  const PUBLIC_URL = 'https://understudy.example.com/';
  for (const more of [{}, { MONGODB_URI: LEDGER }])
    expect(locate({ ...env, ...more, PUBLIC_URL }).publicUrl).toBe('https://understudy.example.com');
});

it('leaves what runs here alone where the ledger is another one', () => {
  const { env } = setup();
  const MONGODB_URI = 'mongodb://elsewhere/understudy';
  expect(locate({ ...env, MONGODB_URI, PORT: '5000' })).toEqual({
    mongodbUri: MONGODB_URI,
    publicUrl: 'http://127.0.0.1:5000',
  });
  expect(findInstallation(parseEmbeddedConfig({ ...env, MONGODB_URI })).redisUrl).toBeNull();
});

it('goes by the environment where nothing runs any more, and says so where that has no ledger', () => {
  const { env, folder, hold } = setup();
  hold.release();
  expect(locate({ ...env, MONGODB_URI: LEDGER }).publicUrl).toBe('http://127.0.0.1:3000');
  expect(() => locate(env)).toThrow(`Understudy is not running here (${folder.path})`);
});

it('says that it is only just starting where there is no ledger yet', () => {
  expect(() => locate(setup({ mongodbUri: '' }).env)).toThrow('or is only just starting');
});
