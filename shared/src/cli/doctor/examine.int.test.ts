import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { createDoctorBed, type DoctorBed } from '../../testing/doctor-bed.ts';
import { makeRunningFolder } from '../../testing/running-folder.ts';
import { API_KEY, addSealedProvider } from '../../testing/sealed-provider.ts';

let bed: DoctorBed;
beforeAll(async () => {
  bed = await createDoctorBed();
});
beforeEach(() => bed.clear());
afterAll(() => bed.close());

const addToken = () =>
  bed.store.tokens.create({
    _id: 'tok_1',
    name: 'admin',
    client: 'default',
    scopes: ['admin'],
    hash: 'ff',
    createdAt: new Date(),
    expiresAt: null,
    revokedAt: null,
    requestsPerMinute: null,
    lastUsedAt: null,
  });

it('finds the stores of a good installation well, and that no process runs', async () => {
  await addSealedProvider(bed);
  await addToken();
  const findings = await bed.look();
  const bad = findings.filter(({ status }) => status !== 'ok');
  expect(bad.map(({ check, status }) => `${check}: ${status}`)).toEqual([
    'processes: fail',
    'processes: fail',
    'public URL: warn',
  ]);
  expect(findings.filter(({ status }) => status === 'ok').map(({ check }) => check)).toEqual([
    'node',
    'configuration',
    'mongodb',
    'migrations',
    'redis',
    'clocks',
    'master keys',
    'providers',
    'waiting jobs',
    'settings',
    'tokens',
  ]);
});

it('only reads', async () => {
  await addSealedProvider(bed);
  await addToken();
  const digest = async () => {
    const ledger = await bed.store.connection.db?.command({ dbHash: 1 });
    return [ledger?.['md5'], await bed.redis.call('DEBUG', 'DIGEST')];
  };
  const before = await digest();
  await bed.look();
  expect(await digest()).toEqual(before);
});

it('looks at the rest where a store is away', async () => {
  const findings = await bed.look({ MONGODB_URI: 'mongodb://user:secret-word@127.0.0.1:1/understudy' });
  const checks = findings.map(({ check, status }) => `${check}: ${status}`);
  expect(checks).toContain('mongodb: fail');
  expect(checks).toContain('redis: ok');
  expect(checks).not.toContain('migrations: ok');
  const [ledger] = await bed.findBad('mongodb', { MONGODB_URI: '' });
  expect(ledger).toBe(
    `fail: MONGODB_URI is not set, and nothing of this installation runs in ${bed.folder}.`,
  );
});

it('looks at nothing that runs here in place of a store that was named and cannot be read', async () => {
  const publicUrl = 'http://127.0.0.1:4000';
  const running = { mongodbUri: bed.mongodbUri, redisUrl: bed.redisUrl, publicUrl };
  const UNDERSTUDY_DATA_DIR = makeRunningFolder(running).folder.path;
  const look = async (more: Record<string, string>) => {
    const unset = { MONGODB_URI: undefined, REDIS_URL: undefined };
    const findings = await bed.look({ ...unset, UNDERSTUDY_DATA_DIR, ...more });
    const ofStores = findings.filter(({ check }) => check === 'mongodb' || check === 'redis');
    return ofStores.map(({ check, status, what }) =>
      status === 'ok' ? `${check}: ok` : `${check}: ${what}`,
    );
  };
  const unreadable = (name: string) => `${name} cannot be read, so what it leads to was not looked at.`;
  expect(await look({ REDIS_URL: 'foo' })).toEqual(['mongodb: ok', `redis: ${unreadable('REDIS_URL')}`]);
  expect(await look({ MONGODB_URI: 'foo' })).toEqual([
    `mongodb: ${unreadable('MONGODB_URI')}`,
    `redis: REDIS_URL is not set, and nothing of this installation runs in ${UNDERSTUDY_DATA_DIR}.`,
  ]);
});

it('looks at the rest where the file of master keys cannot be read', async () => {
  const file = path.join(bed.folder, 'master-keys');
  // As a file of another user's, also for one who may read them all.
  mkdirSync(file);
  onTestFinished(() => rmSync(file, { recursive: true }));
  const findings = await bed.look({ UNDERSTUDY_MASTER_KEYS: '' });
  expect(findings.find(({ check }) => check === 'master keys')).toMatchObject({
    status: 'fail',
    what: expect.stringMatching(/^The data folder’s master keys cannot be read: EISDIR/),
    fix: expect.stringContaining('Let this user read'),
  });
  expect(findings.map(({ check, status }) => `${check}: ${status}`)).toContain('mongodb: ok');
});

it('tells of secrets that everybody knows, and of variables that cannot be read', async () => {
  const published = { UNDERSTUDY_BOOTSTRAP_TOKEN: 'ust_replace-this-with-43-random-characters-0000' };
  expect(await bed.findBad('configuration', published)).toEqual([
    expect.stringContaining('fail: UNDERSTUDY_BOOTSTRAP_TOKEN is the one of .env.example'),
  ]);
  expect(await bed.findBad('configuration', { PORT: 'x', LOG_LEVEL: 'loud' })).toEqual([
    expect.stringMatching(/^fail: PORT must/),
    expect.stringMatching(/^fail: LOG_LEVEL must/),
  ]);
});

it('tells of a proxy whose addresses nobody trusts, however its address is written', async () => {
  const PUBLIC_URL = ' HTTPS://understudy.example.com';
  expect(await bed.findBad('configuration', { PUBLIC_URL })).toEqual([
    expect.stringMatching(
      /^warn: PUBLIC_URL is https, so a proxy stands in front, and TRUST_PROXY is not set/,
    ),
  ]);
  expect(await bed.findBad('configuration', { PUBLIC_URL, TRUST_PROXY: '1' })).toEqual([]);
});

it('tells of a pause, of failover that is off, and of nobody who may manage it', async () => {
  await bed.store.settings.create({
    _id: 'dispatch',
    version: 2,
    values: { paused: true, failoverEnabled: false },
    updatedAt: new Date(),
  });
  expect(await bed.findBad('settings')).toEqual([
    'warn: Dispatch is paused: every job waits.',
    expect.stringContaining('warn: Failover is off'),
  ]);
  expect(await bed.findBad('tokens')).toEqual(['warn: No valid token may manage it.']);
});

it.each([
  [{ PUBLIC_URL: 'http://understudy.invalid' }, /reached without encryption/],
  [{ HOST: '0.0.0.0' }, /PUBLIC_URL does not say which one/],
])('tells of an address that is not good: %o', async (more, expected) => {
  expect(await bed.findBad('public URL', more as Record<string, string>)).toEqual([
    expect.stringMatching(expected),
    expect.stringContaining('does not lead to the API from here'),
  ]);
});

it('has said no secret in all of this', () => {
  const { words, secrets } = bed.said();
  expect(words.length).toBeGreaterThan(1_000);
  for (const secret of [...secrets, API_KEY, 'secret-word']) expect(words).not.toContain(secret);
});
