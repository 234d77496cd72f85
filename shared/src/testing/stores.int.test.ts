import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import { expect, inject, test } from 'vitest';

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
