import { randomBytes } from 'node:crypto';
import type { TestProject } from 'vitest/node';
import { dropPool } from './bed-database.ts';
import { startTestStores } from './stores.ts';

/** Starts one MongoDB and one Redis for a whole run; a test reads them with `inject('stores')`. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { mongodbUri, redisUrl, stop } = await startTestStores({ env: process.env });
  const stores = { mongodbUri, redisUrl, databasePool: `test_${randomBytes(6).toString('hex')}` };
  project.provide('stores', stores);
  return async () => {
    await dropPool(stores);
    await stop();
  };
}
