import { statSync } from 'node:fs';
import path from 'node:path';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { findStoreBinary } from './binaries.ts';
import { freePort } from '../free-port.ts';
import { endProcess } from '../processes/launch.ts';
import { openGuardedFolder } from '../../testing/guarded-folder.ts';
import type { StoreOptions } from './launch-store.ts';
import { REDIS_STOP_MS, startRedis } from './redis.ts';

async function setup() {
  const { folder, guardian, dispose } = await openGuardedFolder('understudy redis-'); // A blank in a path is common.
  onTestFinished(dispose);
  const binary = findStoreBinary('redis-server', process.env) ?? '';
  const options: StoreOptions = { binary, folder, port: await freePort(), password: 'a-password', guardian };
  return { options };
}

async function call<T>(uri: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(uri, { retryStrategy: () => null });
  redis.on('error', () => {}); // Shown by the call itself.
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

test('keeps its data from one start to the next', async () => {
  const { options } = await setup();
  const first = await startRedis(options);
  await call(first.uri, (redis) => redis.set('kept', 'yes'));
  await endProcess(first, REDIS_STOP_MS);

  const second = await startRedis({ ...options, port: await freePort() });
  expect(await call(second.uri, (redis) => redis.get('kept'))).toBe('yes');
});

test('lets nobody in without the password, and shows it to nobody', async () => {
  const { options } = await setup();
  const { uri } = await startRedis(options);

  await expect(call(uri.replace(':a-password@', ''), (redis) => redis.get('kept'))).rejects.toThrow(/NOAUTH/);
  expect(statSync(path.join(options.folder, 'redis.conf')).mode & 0o777).toBe(0o600);
});
