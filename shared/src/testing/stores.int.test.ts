import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { startTestStores } from './stores.ts';

test('gives a MongoDB that has transactions', async () => {
  const client = await new MongoClient(inject('stores').mongodbUri).connect();
  try {
    const rows = client.db('stores_int_test').collection('rows');
    await client.withSession((session) =>
      session.withTransaction(async () => {
        await rows.insertOne({ name: 'first' }, { session });
        await rows.insertOne({ name: 'second' }, { session });
      }),
    );
    expect(await rows.countDocuments()).toBe(2);
  } finally {
    await client.db('stores_int_test').dropDatabase();
    await client.close();
  }
});

test('gives a Redis that never evicts', async () => {
  const redis = new Redis(inject('stores').redisUrl);
  try {
    expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
  } finally {
    redis.disconnect();
  }
});

test('leaves nothing behind where a store does not start', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'understudy-stores-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [bin, temporary] = [path.join(folder, 'bin'), path.join(folder, 'tmp')];
  for (const one of [bin, temporary]) mkdirSync(one);
  writeFileSync(path.join(bin, 'mongod'), '#!/bin/sh\n[ "$1" = --version ] && echo "db version v8.0.0"\n');
  chmodSync(path.join(bin, 'mongod'), 0o755);
  vi.stubEnv('TMPDIR', temporary);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { PATH, HOME } = process.env;
  const env = { HOME, PATH: `${bin}:${PATH}`, DOCKER_HOST: 'tcp://127.0.0.1:1' };
  await expect(startTestStores({ env })).rejects.toThrow('mongod');
  expect(readdirSync(temporary)).toEqual([]);
});
