import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Redis } from 'ioredis';
import { freePort } from '../../embedded/free-port.ts';
import { startGuardian, type Guardian } from '../../embedded/processes/guardian.ts';
import { findStoreBinary } from '../../embedded/stores/binaries.ts';
import { startRedis } from '../../embedded/stores/redis.ts';
import { toCircuitKey } from '../../runtime/circuits.ts';
import { systemClock } from '../../runtime/clock.ts';
import { connectRedis, REDIS_PREFIX, untilReady } from '../../runtime/redis.ts';
import { createKeyRing } from '../../secrets/key-ring.ts';
import type { LockedKey } from '../../store/key-holders/model.ts';
import { writeKeyHolder } from '../../store/key-holders/write-key-holder.ts';
import { toApiKeyPlace, type ProviderDocument } from '../../store/providers/model.ts';
import { eventually } from '../../testing/eventually.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import { examine } from './examine.ts';

const API_KEY = 'sk-a-key-that-nobody-may-see';
const ADMIN_TOKEN = `ust_${'a-token-that-nobody-may-see'.repeat(2)}`;

let bed: TestBed;
let folder: string;
let guardian: Guardian;
let redisUrl: string;
let redis: Redis;
let env: Record<string, string>;
/** All that was said in this file. */
let said = '';

beforeAll(async () => {
  bed = await createTestBed();
  folder = mkdtempSync(path.join(tmpdir(), 'understudy-doctor-'));
  guardian = await startGuardian({ lock: path.join(folder, 'guardian.lock') });
  // One of its own, which may be set up badly.
  const { uri } = await startRedis({
    binary: findStoreBinary('redis-server', process.env) ?? '',
    folder: path.join(folder, 'redis'),
    port: await freePort(),
    password: randomBytes(16).toString('hex'),
    guardian,
  });
  redisUrl = uri;
  redis = connectRedis({ url: uri, mode: 'fail-fast', logger: bed.logger });
  await untilReady(redis, 5_000);
  env = {
    MONGODB_URI: bed.mongodbUri,
    REDIS_URL: redisUrl,
    UNDERSTUDY_MASTER_KEYS: toKeys(bed.masterKeys),
    UNDERSTUDY_BOOTSTRAP_TOKEN: ADMIN_TOKEN,
    UNDERSTUDY_DATA_DIR: folder,
  };
});
afterAll(async () => {
  redis.disconnect();
  guardian.killAll();
  await guardian.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  await bed.close();
});
afterEach(async () => {
  const { store } = bed;
  await Promise.all([
    store.providers.deleteMany(),
    store.providerHealth.deleteMany(),
    store.settings.deleteMany(),
    store.tokens.deleteMany(),
    store.keyHolders.deleteMany(),
    store.usageBuckets.deleteMany(),
  ]);
  await redis.flushall();
});

/** As UNDERSTUDY_MASTER_KEYS has them. */
const toKeys = (keys: TestBed['masterKeys']) =>
  keys.map(({ version, key }) => `${version}:${key.toString('base64')}`).join(',');

/** What is not well, by check; `more` is laid over the environment. */
async function look(more: Record<string, string> = {}, clock = systemClock) {
  const findings = await examine({ ...env, ...more }, clock);
  said += JSON.stringify(findings);
  return findings;
}
async function findBad(check: string, more: Record<string, string> = {}) {
  const findings = (await look(more)).filter((finding) => finding.check === check);
  return findings.filter(({ status }) => status !== 'ok').map(({ status, what }) => `${status}: ${what}`);
}

async function addProvider(change: Partial<ProviderDocument> = {}, keys = bed.masterKeys) {
  const _id = `prv_${change.name ?? 'main'}`;
  const now = new Date();
  const provider: ProviderDocument = {
    _id,
    name: 'main',
    nameKey: change.name ?? 'main',
    type: 'openai',
    apiKey: createKeyRing(keys).encrypt(API_KEY, toApiKeyPlace(_id)),
    apiKeyLast4: null,
    baseUrl: null,
    enabled: true,
    priority: 50,
    rateLimit: null,
    configuration: {
      model: 'm',
      timeoutMs: 10_000,
      maxConcurrency: 16,
      tokensPerMinute: null,
      weight: 1,
      monthlyBudgetUsd: null,
      price: null,
      maxOutputTokens: 512,
      contextWindow: null,
    },
    flagged: null,
    resetAt: null,
    revision: 1,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
    ...change,
  };
  await bed.store.providers.create(provider);
  return provider;
}

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

/** A worker that says that it runs, for long enough that a machine that is busy does not make it dead. */
async function addWorker(locked: LockedKey[] = []) {
  const { keys } = createKeyRing(bed.masterKeys);
  await writeKeyHolder(bed.store, { _id: 'host:1:a', role: 'worker', keys: [...keys], locked });
  await bed.store.keyHolders.updateOne({ _id: 'host:1:a' }, { seenAt: new Date(Date.now() + 60_000) });
}

it('finds the stores of a good installation well, and that no process runs', async () => {
  await addProvider();
  await addToken();
  const findings = await look();
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
    'settings',
    'tokens',
  ]);
});

it('only reads', async () => {
  await addProvider();
  await addToken();
  const digest = async () => {
    const ledger = await bed.store.connection.db?.command({ dbHash: 1 });
    return [ledger?.['md5'], await redis.call('DEBUG', 'DIGEST')];
  };
  const before = await digest();
  await look();
  expect(await digest()).toEqual(before);
});

it.each([
  ['maxmemory-policy', 'allkeys-lru', 'noeviction', /^fail: maxmemory-policy is allkeys-lru/],
  ['appendonly', 'no', 'yes', /^warn: The append-only file is off/],
])('tells of a Redis with %s %s', async (name, bad, good, expected) => {
  await redis.config('SET', name, bad);
  const found = await findBad('redis');
  await redis.config('SET', name, good);
  expect(found).toEqual([expect.stringMatching(expected)]);
  expect(await findBad('redis')).toEqual([]);
});

it('tells of a Redis whose memory is nearly full', async () => {
  // What Redis holds for its connections comes and goes.
  const found = await eventually(async () => {
    const [, used = ''] = /used_memory:(\d+)/.exec(await redis.info('memory')) ?? [];
    await redis.config('SET', 'maxmemory', String(Math.round(Number(used) * 1.05)));
    const bad = await findBad('redis');
    return bad.length > 0 && bad;
  });
  await redis.config('SET', 'maxmemory', '0');
  expect(found).toEqual([expect.stringMatching(/^warn: \S+ \wiB of \S+ \wiB of its memory are in use/)]);
});

it('tells of a Redis that is a replica', async () => {
  await redis.replicaof('127.0.0.1', '1');
  const found = await findBad('redis');
  await redis.replicaof('NO', 'ONE');
  expect(found).toEqual(['fail: This is a replica, which takes no writes.']);
});

it.each([
  ['another password', (url: URL) => void (url.password = 'not-this-one'), /refuses the password/],
  ['no password', (url: URL) => void (url.password = ''), /refuses the password/],
  ['another port', (url: URL) => void (url.port = '1'), /does not answer \(nothing listens there\)/],
])('tells of a REDIS_URL with %s', async (_, change, expected) => {
  const url = new URL(redisUrl);
  change(url);
  expect(await findBad('redis', { REDIS_URL: url.href })).toEqual([expect.stringMatching(expected)]);
});

it('looks at the rest where a store is away', async () => {
  const findings = await look({ MONGODB_URI: 'mongodb://user:secret-word@127.0.0.1:1/understudy' });
  const checks = findings.map(({ check, status }) => `${check}: ${status}`);
  expect(checks).toContain('mongodb: fail');
  expect(checks).toContain('redis: ok');
  expect(checks).not.toContain('migrations: ok');
  const [ledger] = await findBad('mongodb', { MONGODB_URI: '' });
  expect(ledger).toBe(`fail: MONGODB_URI is not set, and nothing runs in ${folder}.`);
});

it('tells of migrations that have not run, and of a ledger that a newer version migrated', async () => {
  const { migrations } = bed.store;
  const newest = (await migrations.findOne().sort({ _id: -1 }).lean())!;
  await migrations.deleteOne({ _id: newest._id });
  expect(await findBad('migrations')).toEqual([expect.stringContaining(`Not run yet: 0${newest._id}`)]);
  await migrations.create([newest, { _id: 900, name: 'later', appliedAt: new Date() }]);
  expect(await findBad('migrations')).toEqual([expect.stringContaining('migrated by a newer version')]);
  await migrations.deleteOne({ _id: 900 });
  expect(await findBad('migrations')).toEqual([]);
});

it.each([
  [240_000, 'warn', '4 min behind'],
  [-240_000, 'warn', '4 min ahead of'],
  [600_000, 'fail', '10 min behind'],
] as const)('tells of a clock that is off by %i ms', async (offMs, status, words) => {
  const now = () => Date.now() + offMs;
  const found = (await look({}, { ...systemClock, now })).filter(({ check }) => check === 'clocks');
  for (const whose of ['MongoDB', 'Redis'])
    expect(found).toContainEqual(
      expect.objectContaining({
        status,
        what: expect.stringContaining(`The clock of ${whose} is ${words} this machine’s.`),
      }),
    );
});

const otherKey = `1:${randomBytes(32).toString('base64')}`;
it.each([
  ['another key', otherKey, /^fail: Of the provider keys, that of main \(prv_main\) does not open\./],
  ['one that cannot be read', 'secret-but-wrong', /^fail: UNDERSTUDY_MASTER_KEYS cannot be read\./],
  ['none', '', /^fail: There are no master keys/],
])('tells of UNDERSTUDY_MASTER_KEYS with %s', async (_, keys, expected) => {
  await addProvider();
  const found = await findBad('master keys', { UNDERSTUDY_MASTER_KEYS: keys });
  expect(found).toEqual([expect.stringMatching(expected)]);
});

it('tells of a rotation that is not finished, and of processes without the key', async () => {
  await addProvider();
  const next = `2:${randomBytes(32).toString('base64')},${toKeys(bed.masterKeys)}`;
  await addWorker();
  expect(await findBad('master keys', { UNDERSTUDY_MASTER_KEYS: next })).toEqual([
    'warn: A rotation to version 2 is not finished: 1 provider keys on version 1.',
    expect.stringMatching(/^fail: These processes run without master key 2, .*: worker host:1:a\.$/),
  ]);
});

it('tells of secrets that everybody knows, and of variables that cannot be read', async () => {
  const published = { UNDERSTUDY_BOOTSTRAP_TOKEN: 'ust_replace-this-with-43-random-characters-0000' };
  expect(await findBad('configuration', published)).toEqual([
    expect.stringContaining('fail: UNDERSTUDY_BOOTSTRAP_TOKEN is the one of .env.example'),
  ]);
  expect(await findBad('configuration', { PORT: 'x', LOG_LEVEL: 'loud' })).toEqual([
    expect.stringMatching(/^fail: PORT must/),
    expect.stringMatching(/^fail: LOG_LEVEL must/),
  ]);
});

it.each<[string, () => Promise<unknown>, RegExp]>([
  ['no provider', async () => {}, /^fail: None is enabled/],
  ['only local', () => addProvider({ type: 'local' }), /^warn: Only `local` is enabled/],
  [
    'a flagged one',
    () => addProvider({ flagged: { reason: 'quota', at: new Date(), message: 'No credit left.' } }),
    /^fail: main gets no calls since .*, flagged quota: No credit left\.$/,
  ],
  [
    'one that was never checked',
    () => addProvider({ createdAt: new Date(Date.now() - 600_000) }),
    /^warn: main was never checked/,
  ],
  [
    'one that has not been checked for long',
    async () => {
      const { _id } = await addProvider();
      await addHealth(_id, 'healthy', new Date(Date.now() - 600_000));
    },
    /^warn: main was last checked 10 min ago/,
  ],
  [
    'one that is down',
    async () => {
      const { _id } = await addProvider();
      await addHealth(_id, 'down', new Date());
    },
    /^warn: main is down: it said no/,
  ],
  [
    'an open circuit',
    async () => {
      const { _id } = await addProvider();
      const openUntil = Date.now() + 20_000;
      await redis.hset(toCircuitKey(REDIS_PREFIX, _id), { state: 'open', openUntil, openFor: 30_000 });
    },
    /^warn: main failed too often: its circuit is open/,
  ],
  [
    'a model without a price',
    async () => addUsage((await addProvider())._id, { pricing: { unpriced: 3 } }),
    /^warn: main: no price is known for 3 calls/,
  ],
  [
    'a budget that is spent',
    () => addBudget(10_000_000_000),
    /^fail: main has spent 10.00 of its 10.00 dollars/,
  ],
  [
    'a budget that is nearly spent',
    () => addBudget(9_500_000_000),
    /^warn: main has spent 9.50 of its 10.00/,
  ],
  [
    'a key that a worker cannot open',
    async () => {
      const { _id: providerId, apiKey } = await addProvider();
      const lock = { providerId, wrappedKey: apiKey!.wrappedKey, message: 'Master key 1 is not there.' };
      await addWorker([lock]);
    },
    /^fail: main: Its API key cannot be opened\. Master key 1 is not there\.$/,
  ],
])('tells of %s', async (_, arrange, expected) => {
  await arrange();
  expect(await findBad('providers')).toEqual([expect.stringMatching(expected)]);
});

function addHealth(_id: string, status: 'healthy' | 'down', checkedAt: Date) {
  const health = { _id, status, responseTimeMs: null, errorMessage: 'it said no', checkedAt, dissent: null };
  return bed.store.providerHealth.create(health);
}

async function addBudget(spentNanoUsd: number) {
  const { _id, configuration } = await addProvider();
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 1 };
  await bed.store.providers.updateOne(
    { _id },
    { configuration: { ...configuration, monthlyBudgetUsd: 10, price } },
  );
  await addUsage(_id, { costNanoUsd: spentNanoUsd });
}

async function addUsage(providerId: string, counts: { pricing?: object; costNanoUsd?: number }) {
  const at = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000);
  const none = { requests: 0, successes: 0, failures: 0, aborted: 0, degraded: 0, faults: {}, latency: {} };
  const bucket = { inputTokens: 0, outputTokens: 0, costNanoUsd: 0, estimatedNanoUsd: 0, durationMs: 0 };
  const place = {
    _id: providerId,
    at,
    providerId,
    model: 'm',
    client: 'default',
    purpose: 'job' as const,
    shard: 0,
  };
  await bed.store.usageBuckets.create({ ...none, ...bucket, pricing: {}, ...place, ...counts });
}

it('tells of a pause, of failover that is off, and of nobody who may manage it', async () => {
  await bed.store.settings.create({
    _id: 'dispatch',
    version: 2,
    values: { paused: true, failoverEnabled: false },
    updatedAt: new Date(),
  });
  expect(await findBad('settings')).toEqual([
    'warn: Dispatch is paused: every job waits.',
    expect.stringContaining('warn: Failover is off'),
  ]);
  expect(await findBad('tokens')).toEqual(['warn: No valid token may manage it.']);
});

it.each([
  [{ PUBLIC_URL: 'http://understudy.invalid' }, /reached without encryption/],
  [{ HOST: '0.0.0.0' }, /PUBLIC_URL does not say which one/],
])('tells of an address that is not good: %o', async (more, expected) => {
  expect(await findBad('public URL', more as Record<string, string>)).toEqual([
    expect.stringMatching(expected),
    expect.stringContaining('does not lead to the API from here'),
  ]);
});

it('has said no secret in all of this', () => {
  const passwords = [bed.mongodbUri, redisUrl]
    .map((uri) => new URL(uri).password)
    .filter((word) => word !== '');
  const keys = [env['UNDERSTUDY_MASTER_KEYS'] ?? '', otherKey].map((key) => key.slice(2));
  expect(said.length).toBeGreaterThan(1_000);
  for (const secret of [...passwords, ...keys, API_KEY, ADMIN_TOKEN, 'secret-word', 'secret-but-wrong'])
    expect(said).not.toContain(secret);
});
